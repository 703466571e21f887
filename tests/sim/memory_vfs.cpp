#include "tests/sim/memory_vfs.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cstring>
#include <new>

#include "tests/sim/catalogue.hpp"
#include "tests/sim/memory_file.hpp"

namespace liaison::sim {

namespace {

/// What the start of 2026 is in milliseconds since 1970.
constexpr std::int64_t kDefaultNow = 1'767'225'600'000;
/// Julian day number of 1970-01-01 in milliseconds: the zero of sqlite3_vfs::xCurrentTimeInt64.
constexpr std::int64_t kJulianEpoch = 210'866'760'000'000;

sqlite3_vfs* system_vfs = nullptr;
std::uint64_t vfs_random = 1;

std::function<std::int64_t()>& vfs_clock() {
    static std::function<std::int64_t()> clock;
    return clock;
}

struct MemoryHandle {
    sqlite3_file base{};
    std::shared_ptr<MemoryFile> file;
    std::string delete_on_close;
    int lock = SQLITE_LOCK_NONE;
    std::uint16_t index_shared = 0;
    std::uint16_t index_exclusive = 0;
    bool uses_index = false;

    MemoryDisk* disk() const { return file->disk; }
};

MemoryHandle& handle_of(sqlite3_file* file) {
    return *reinterpret_cast<MemoryHandle*>(file);
}

/// Asks the disk; the code to answer instead of doing it, or SQLITE_OK.
int refusal(MemoryHandle& handle, DiskOp op, int io_code) {
    if (!handle.disk()) return io_code;
    switch (handle.disk()->ask(op, handle.file->name)) {
        case DiskFault::None:
        case DiskFault::PowerLossBefore:
        case DiskFault::PowerLossAfter:
            return SQLITE_OK;
        case DiskFault::Full:
            return op == DiskOp::Write || op == DiskOp::Truncate ? SQLITE_FULL : SQLITE_OK;
        case DiskFault::SyncLost:
        case DiskFault::IoError:
            break;
    }
    return io_code;
}

int memory_unlock(sqlite3_file* file, int level);
int memory_shm_unmap(sqlite3_file* file, int delete_it);

int memory_close(sqlite3_file* file) {
    MemoryHandle& handle = handle_of(file);
    memory_unlock(file, SQLITE_LOCK_NONE);
    if (handle.uses_index) memory_shm_unmap(file, 0);
    if (!handle.delete_on_close.empty() && handle.disk())
        handle.disk()->unlink(handle.delete_on_close, false);
    handle.~MemoryHandle();
    return SQLITE_OK;
}

int memory_read(sqlite3_file* file, void* out, int count, sqlite3_int64 offset) {
    MemoryHandle& handle = handle_of(file);
    if (const int code = refusal(handle, DiskOp::Read, SQLITE_IOERR_READ)) return code;
    const FileImage& image = handle.file->current;
    const auto from = static_cast<std::uint64_t>(offset);
    const auto wanted = static_cast<std::size_t>(count);
    const std::uint64_t there = from < image.size() ? image.size() - from : 0;
    const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(there, wanted));
    image.read(from, static_cast<unsigned char*>(out), part);
    if (part == wanted) return SQLITE_OK;
    std::memset(static_cast<unsigned char*>(out) + part, 0, wanted - part);
    return SQLITE_IOERR_SHORT_READ;
}

int memory_write(sqlite3_file* file, const void* data, int count, sqlite3_int64 offset) {
    MemoryHandle& handle = handle_of(file);
    if (const int code = refusal(handle, DiskOp::Write, SQLITE_IOERR_WRITE)) return code;
    handle.file->write(static_cast<std::uint64_t>(offset), static_cast<const unsigned char*>(data),
                       static_cast<std::size_t>(count));
    return SQLITE_OK;
}

int memory_truncate(sqlite3_file* file, sqlite3_int64 size) {
    MemoryHandle& handle = handle_of(file);
    if (const int code = refusal(handle, DiskOp::Truncate, SQLITE_IOERR_TRUNCATE)) return code;
    handle.file->truncate(static_cast<std::uint64_t>(size));
    return SQLITE_OK;
}

int memory_sync(sqlite3_file* file, int) {
    MemoryHandle& handle = handle_of(file);
    if (!handle.disk()) return SQLITE_IOERR_FSYNC;
    MemoryDisk& disk = *handle.disk();
    switch (disk.ask(DiskOp::Sync, handle.file->name)) {
        case DiskFault::IoError:
            return SQLITE_IOERR_FSYNC;
        case DiskFault::SyncLost:
            handle.file->doomed = handle.file->unsynced.size();
            return SQLITE_IOERR_FSYNC;
        default:
            break;
    }
    handle.file->sync();
    return SQLITE_OK;
}

int memory_size(sqlite3_file* file, sqlite3_int64* size) {
    MemoryHandle& handle = handle_of(file);
    if (!handle.disk()) return SQLITE_IOERR_FSTAT;
    *size = static_cast<sqlite3_int64>(handle.file->current.size());
    return SQLITE_OK;
}

bool others(const void* holder, const void* self) {
    return holder != nullptr && holder != self;
}

int memory_lock(sqlite3_file* file, int level) {
    MemoryHandle& handle = handle_of(file);
    MemoryFile& node = *handle.file;
    if (handle.lock >= level) return SQLITE_OK;
    if (handle.lock == SQLITE_LOCK_NONE) {
        if (others(node.pending, file) || others(node.exclusive, file)) return SQLITE_BUSY;
        ++node.shared;
        handle.lock = SQLITE_LOCK_SHARED;
    }
    if (level == SQLITE_LOCK_SHARED) return SQLITE_OK;
    if (others(node.reserved, file)) return SQLITE_BUSY;
    node.reserved = file;
    handle.lock = std::max(handle.lock, SQLITE_LOCK_RESERVED);
    if (level == SQLITE_LOCK_RESERVED) return SQLITE_OK;
    if (others(node.pending, file)) return SQLITE_BUSY;
    node.pending = file;
    handle.lock = std::max(handle.lock, SQLITE_LOCK_PENDING);
    if (node.shared > 1) return SQLITE_BUSY;
    node.exclusive = file;
    handle.lock = SQLITE_LOCK_EXCLUSIVE;
    return SQLITE_OK;
}

int memory_unlock(sqlite3_file* file, int level) {
    MemoryHandle& handle = handle_of(file);
    MemoryFile& node = *handle.file;
    if (handle.lock <= level) return SQLITE_OK;
    for (const void** holder : {&node.reserved, &node.pending, &node.exclusive})
        if (*holder == file) *holder = nullptr;
    if (level == SQLITE_LOCK_NONE) --node.shared;
    handle.lock = level;
    return SQLITE_OK;
}

int memory_check_reserved(sqlite3_file* file, int* reserved) {
    *reserved = handle_of(file).file->reserved != nullptr;
    return SQLITE_OK;
}

int memory_control(sqlite3_file*, int, void*) {
    return SQLITE_NOTFOUND;
}

int memory_sector(sqlite3_file*) {
    return kSectorBytes;
}

int memory_characteristics(sqlite3_file* file) {
    const MemoryHandle& handle = handle_of(file);
    const bool safe = !handle.disk() || handle.disk()->options().powersafe_overwrite;
    return safe ? SQLITE_IOCAP_POWERSAFE_OVERWRITE : 0;
}

int memory_shm_map(sqlite3_file* file, int region, int, int extend, void volatile** out) {
    MemoryHandle& handle = handle_of(file);
    if (!handle.disk()) return SQLITE_IOERR_SHMMAP;
    auto& regions = handle.file->regions;
    if (!handle.uses_index) {
        handle.uses_index = true;
        ++handle.file->index_users;
    }
    const auto at = static_cast<std::size_t>(region);
    *out = nullptr;
    if (at >= regions.size() && !extend) return SQLITE_OK;
    while (regions.size() <= at)
        regions.push_back(std::make_unique<std::array<unsigned char, 32768>>());
    *out = regions[at]->data();
    return SQLITE_OK;
}

int take_index_locks(MemoryHandle& handle, const void* self, std::size_t from, std::size_t to,
                     bool exclusive) {
    MemoryFile& node = *handle.file;
    for (std::size_t i = from; i < to; ++i) {
        if (others(node.index_exclusive[i], self)) return SQLITE_BUSY;
        const int own = (handle.index_shared >> i) & 1;
        if (exclusive && node.index_shared[i] > own) return SQLITE_BUSY;
    }
    for (std::size_t i = from; i < to; ++i) {
        const auto bit = static_cast<std::uint16_t>(1u << i);
        if (exclusive) {
            node.index_exclusive[i] = self;
            handle.index_exclusive |= bit;
        } else if (!(handle.index_shared & bit)) {
            ++node.index_shared[i];
            handle.index_shared |= bit;
        }
    }
    return SQLITE_OK;
}

void drop_index_locks(MemoryHandle& handle, const void* self, std::size_t from, std::size_t to) {
    MemoryFile& node = *handle.file;
    for (std::size_t i = from; i < to; ++i) {
        const auto bit = static_cast<std::uint16_t>(1u << i);
        if (node.index_exclusive[i] == self) node.index_exclusive[i] = nullptr;
        if (handle.index_shared & bit) --node.index_shared[i];
        handle.index_exclusive &= static_cast<std::uint16_t>(~bit);
        handle.index_shared &= static_cast<std::uint16_t>(~bit);
    }
}

int memory_shm_lock(sqlite3_file* file, int offset, int count, int flags) {
    MemoryHandle& handle = handle_of(file);
    if (!handle.disk()) return SQLITE_IOERR_SHMLOCK;
    const auto from = static_cast<std::size_t>(offset);
    const auto to = from + static_cast<std::size_t>(count);
    if (flags & SQLITE_SHM_UNLOCK) {
        drop_index_locks(handle, file, from, to);
        return SQLITE_OK;
    }
    return take_index_locks(handle, file, from, to, (flags & SQLITE_SHM_EXCLUSIVE) != 0);
}

void memory_shm_barrier(sqlite3_file*) {}

int memory_shm_unmap(sqlite3_file* file, int) {
    MemoryHandle& handle = handle_of(file);
    if (!handle.uses_index) return SQLITE_OK;
    drop_index_locks(handle, file, 0, handle.file->index_shared.size());
    handle.uses_index = false;
    if (--handle.file->index_users == 0) handle.file->regions.clear();
    return SQLITE_OK;
}

constexpr sqlite3_io_methods kMemoryMethods{
    2,
    memory_close,
    memory_read,
    memory_write,
    memory_truncate,
    memory_sync,
    memory_size,
    memory_lock,
    memory_unlock,
    memory_check_reserved,
    memory_control,
    memory_sector,
    memory_characteristics,
    memory_shm_map,
    memory_shm_lock,
    memory_shm_barrier,
    memory_shm_unmap,
    nullptr,
    nullptr,
};

int memory_open(sqlite3_vfs*, const char* name, sqlite3_file* out, int flags, int* out_flags) {
    out->pMethods = nullptr;
    const MountedPath place = name ? find_mounted(name) : MountedPath{};
    if (!place.disk) return system_vfs->xOpen(system_vfs, name, out, flags, out_flags);
    const DiskFault fault = place.disk->ask(DiskOp::Open, place.file);
    if (fault != DiskFault::None) return SQLITE_CANTOPEN;
    auto file = place.disk->open(place.file, (flags & SQLITE_OPEN_CREATE) != 0);
    if (!file) return SQLITE_CANTOPEN;
    auto* handle = new (out) MemoryHandle;
    handle->file = std::move(file);
    if (flags & SQLITE_OPEN_DELETEONCLOSE) handle->delete_on_close = std::string(place.file);
    handle->base.pMethods = &kMemoryMethods;
    if (out_flags) *out_flags = flags;
    return SQLITE_OK;
}

int memory_delete(sqlite3_vfs*, const char* name, int sync_directory) {
    const MountedPath place = find_mounted(name);
    if (!place.disk) return system_vfs->xDelete(system_vfs, name, sync_directory);
    if (place.disk->ask(DiskOp::Delete, place.file) != DiskFault::None) return SQLITE_IOERR_DELETE;
    if (!place.disk->exists(place.file)) return SQLITE_IOERR_DELETE_NOENT;
    place.disk->unlink(place.file, sync_directory != 0);
    return SQLITE_OK;
}

int memory_access(sqlite3_vfs*, const char* name, int flags, int* out) {
    const MountedPath place = find_mounted(name);
    if (!place.disk) return system_vfs->xAccess(system_vfs, name, flags, out);
    *out = place.disk->exists(place.file);
    return SQLITE_OK;
}

int memory_full_path(sqlite3_vfs*, const char* name, int size, char* out) {
    if (!find_mounted(name).disk) return system_vfs->xFullPathname(system_vfs, name, size, out);
    sqlite3_snprintf(size, out, "%s", name);
    return SQLITE_OK;
}

int memory_randomness(sqlite3_vfs*, int count, char* out) {
    for (int i = 0; i < count; ++i)
        out[i] = static_cast<char>(mix(vfs_random, static_cast<std::uint64_t>(i)));
    return count;
}

int memory_sleep(sqlite3_vfs*, int microseconds) {
    return microseconds;
}

int memory_time(sqlite3_vfs*, sqlite3_int64* out) {
    *out = kJulianEpoch + (vfs_clock() ? vfs_clock()() : kDefaultNow);
    return SQLITE_OK;
}

int memory_time_in_days(sqlite3_vfs* vfs, double* out) {
    sqlite3_int64 now = 0;
    memory_time(vfs, &now);
    *out = static_cast<double>(now) / 86'400'000.0;
    return SQLITE_OK;
}

int memory_last_error(sqlite3_vfs*, int, char*) {
    return 0;
}

}  // namespace

void make_memory_vfs() {
    if (system_vfs) return;
    system_vfs = sqlite3_vfs_find(nullptr);
    static sqlite3_vfs vfs = *system_vfs;
    vfs.iVersion = 2;
    vfs.szOsFile = std::max(system_vfs->szOsFile, static_cast<int>(sizeof(MemoryHandle)));
    vfs.pNext = nullptr;
    vfs.zName = "liaison-memory";
    vfs.xOpen = memory_open;
    vfs.xDelete = memory_delete;
    vfs.xAccess = memory_access;
    vfs.xFullPathname = memory_full_path;
    vfs.xRandomness = memory_randomness;
    vfs.xSleep = memory_sleep;
    vfs.xCurrentTime = memory_time_in_days;
    vfs.xCurrentTimeInt64 = memory_time;
    vfs.xGetLastError = memory_last_error;
    sqlite3_vfs_register(&vfs, 1);
}

void set_vfs_clock(std::function<std::int64_t()> now) {
    vfs_clock() = std::move(now);
}

void reseed_sqlite(std::uint64_t seed) {
    vfs_random = seed;
    sqlite3_randomness(0, nullptr);  // the next number asks the VFS anew
}

}  // namespace liaison::sim
