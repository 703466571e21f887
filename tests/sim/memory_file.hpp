#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/sim/memory_vfs.hpp"

namespace liaison::sim {

inline constexpr std::size_t kSectorBytes = 4096;

/// A write or truncation that no sync has made durable.
struct UnsyncedOp {
    std::uint64_t offset = 0;  ///< of a truncation: the new size
    std::string bytes;
    bool truncates = false;
};

/// A file with its locks, as the connections of one process see it.
struct MemoryFile {
    std::string name;
    MemoryDisk* disk = nullptr;  ///< null: unplugged, by a crash or the disk's end
    FileImage current;
    FileImage synced;
    std::vector<UnsyncedOp> unsynced;
    std::size_t doomed = 0;  ///< of `unsynced`, from the start: a failed sync gave them up
    bool created_unsynced = false;

    // SQLite's five locks on the database file (sqlite.org/lockingv3.html).
    int shared = 0;
    const void* reserved = nullptr;
    const void* pending = nullptr;
    const void* exclusive = nullptr;

    // The wal-index, 32 KiB a region, and its eight locks (sqlite.org/walformat.html 2.3).
    std::vector<std::unique_ptr<std::array<unsigned char, 32768>>> regions;
    std::array<int, 8> index_shared{};
    std::array<const void*, 8> index_exclusive{};
    int index_users = 0;

    void write(std::uint64_t offset, const unsigned char* data, std::size_t count);
    void truncate(std::uint64_t size);
    void sync();
    /// What a crash leaves; `draw` gives numbers below its argument.
    FileImage after_crash(CrashKeeps keeps, bool powersafe,
                          const std::function<std::uint64_t(std::uint64_t)>& draw) const;
};

/// The disk below whose mount `path` lies, and the file's name there; null: the operating
/// system's.
struct MountedPath {
    MemoryDisk* disk = nullptr;
    std::string_view file;
};
MountedPath find_mounted(std::string_view path);

}  // namespace liaison::sim
