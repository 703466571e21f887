#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace liaison::sim {

/// What SQLite asks of a disk.
enum class DiskOp { Open, Read, Write, Truncate, Sync, Delete };

struct DiskCall {
    DiskOp op = DiskOp::Read;
    std::string_view file;      ///< without the mount: "liaison.db-wal"
    std::uint64_t ordinal = 0;  ///< of calls with this op, since the disk was made
};

/// What the disk does instead. Result codes as a real disk's driver gives them
/// (sqlite.org/rescode.html).
enum class DiskFault {
    None,
    IoError,  ///< SQLITE_IOERR_*
    Full,     ///< SQLITE_FULL; a Write or Truncate only
    /// A Sync fails and what it should have made durable never is, though it stays readable: as
    /// Linux does ("fsyncgate", 2018). Nothing but a Sync.
    SyncLost,
    PowerLossBefore,  ///< the power goes before the call
    PowerLossAfter,   ///< after it: a Sync has made its bytes durable
};

/// What is left of unsynced writes when the power goes.
enum class CrashKeeps {
    Nothing,  ///< all unsynced lost, unsynced deletions undone
    Prefix,   ///< in the order in which they were written, up to a seeded one
    Some,     ///< each by the toss of a coin: disks reorder
    /// As Prefix, and the last one in part, cut at a multiple of 512 bytes or in mid-sector. On a
    /// disk without powersafe overwrite the rest of the 4096 bytes around the cut is garbage
    /// (sqlite.org/psow.html).
    Torn,
    Everything,  ///< the process died, the machine did not
};

/// The content of a file, shared with whoever else holds it.
class FileImage {
public:
    static constexpr std::size_t kChunk = 8192;
    using Chunk = std::vector<unsigned char>;

    std::uint64_t size() const { return size_; }
    void read(std::uint64_t offset, unsigned char* out, std::size_t count) const;
    void write(std::uint64_t offset, const unsigned char* data, std::size_t count);
    void resize(std::uint64_t size);
    /// Makes the chunks of [offset, offset + count) those of `other`.
    void adopt(const FileImage& other, std::uint64_t offset, std::uint64_t count);

private:
    std::vector<std::shared_ptr<Chunk>> chunks_;
    std::uint64_t size_ = 0;
};

struct MemoryFile;

/// The files of one simulated machine, all below one path, kept in memory for SQLite.
///
/// `make_memory_vfs` must have been called. Paths below `mount` lead here from any sqlite3_open;
/// other paths go to the operating system. Not for two threads at once. The disk may be destroyed
/// before the connections that use it: their calls fail.
class MemoryDisk {
public:
    struct Options {
        bool tracks_unsynced = true;      ///< false: faster, `crash` keeps everything
        bool powersafe_overwrite = true;  ///< what Linux and Windows disks are assumed to have
    };
    /// `mount` is an absolute path that need not exist: "/memory/7".
    MemoryDisk(std::string mount, Options options);
    explicit MemoryDisk(std::string mount) : MemoryDisk(std::move(mount), Options{}) {}
    ~MemoryDisk();
    MemoryDisk(const MemoryDisk&) = delete;
    MemoryDisk& operator=(const MemoryDisk&) = delete;

    const std::string& mount() const { return mount_; }
    std::string path(std::string_view file) const { return mount_ + "/" + std::string(file); }

    /// The power goes. Open connections fail at whatever they do from now on, closing included;
    /// the files are what `keeps` left. Call it before the connections are destroyed.
    void crash(CrashKeeps keeps, std::uint64_t seed);
    /// The power went by a DiskFault and `crash` was not called since.
    bool is_dark() const { return dark_ || dark_after_call_; }

    bool exists(std::string_view file) const { return files_.contains(file); }
    /// What a reader sees; size 0 if there is no such file.
    FileImage image(std::string_view file) const;
    /// Replaces a file that no connection has open; durable at once.
    void put(std::string_view file, FileImage image);
    void remove(std::string_view file);
    std::vector<std::string> files() const;
    /// Flips one bit of what is stored, in what a reader sees and in what a crash leaves. False if
    /// the file is empty.
    bool flip_bit(std::string_view file, std::uint64_t seed);

    /// Asked before each call.
    std::function<DiskFault(const DiskCall&)> on_call;
    std::uint64_t calls(DiskOp op) const { return calls_[static_cast<std::size_t>(op)]; }
    const Options& options() const { return options_; }

    // For the VFS.
    DiskFault ask(DiskOp op, std::string_view file);
    std::shared_ptr<MemoryFile> open(std::string_view file, bool create);
    void unlink(std::string_view file, bool durable);
    /// Makes creations and deletions durable.
    void sync_directory();

private:
    std::string mount_;
    Options options_;
    std::map<std::string, std::shared_ptr<MemoryFile>, std::less<>> files_;
    /// Deleted without a directory sync; content as synced.
    std::map<std::string, FileImage, std::less<>> deleted_;
    std::array<std::uint64_t, 6> calls_{};
    std::vector<std::weak_ptr<MemoryFile>> unlinked_;  ///< deleted while a connection has them open
    bool dark_ = false;
    bool dark_after_call_ = false;
};

/// Registers the VFS as SQLite's default; does nothing the second time. Date functions of SQL then
/// take their time from `set_vfs_clock`, waiting for a lock takes none, and random numbers
/// come from `reseed_sqlite`.
void make_memory_vfs();
/// Milliseconds since 1970 for strftime('now') and its like. Absent: the start of 2026.
void set_vfs_clock(std::function<std::int64_t()> now);
/// random() and randomblob() of all connections begin anew.
void reseed_sqlite(std::uint64_t seed);

}  // namespace liaison::sim
