#include <algorithm>
#include <cstring>

#include "tests/sim/catalogue.hpp"
#include "tests/sim/memory_file.hpp"

namespace liaison::sim {

namespace {

std::map<std::string, MemoryDisk*, std::less<>>& mounts() {
    static std::map<std::string, MemoryDisk*, std::less<>> table;
    return table;
}

void apply_op(FileImage& image, const UnsyncedOp& op, std::size_t bytes) {
    if (op.truncates)
        image.resize(op.offset);
    else
        image.write(op.offset, reinterpret_cast<const unsigned char*>(op.bytes.data()), bytes);
}

/// The sector around the cut of a torn write: garbage where the disk does not promise otherwise.
void spoil_sector(FileImage& image, std::uint64_t cut, std::uint64_t noise) {
    const std::uint64_t begin = cut / kSectorBytes * kSectorBytes;
    const std::uint64_t end = std::min<std::uint64_t>(begin + kSectorBytes, image.size());
    std::vector<unsigned char> garbage;
    for (std::uint64_t at = begin; at < end; ++at)
        garbage.push_back(static_cast<unsigned char>(mix(noise, at)));
    image.write(begin, garbage.data(), garbage.size());
}

}  // namespace

void FileImage::read(std::uint64_t offset, unsigned char* out, std::size_t count) const {
    while (count > 0) {
        const std::size_t at = offset % kChunk;
        const std::size_t part = std::min(count, kChunk - at);
        const auto& chunk = chunks_[offset / kChunk];
        std::memcpy(out, chunk->data() + at, part);
        out += part;
        offset += part;
        count -= part;
    }
}

void FileImage::write(std::uint64_t offset, const unsigned char* data, std::size_t count) {
    if (count == 0) return;
    if (offset + count > size_) resize(offset + count);
    while (count > 0) {
        const std::size_t at = offset % kChunk;
        const std::size_t part = std::min(count, kChunk - at);
        auto& chunk = chunks_[offset / kChunk];
        if (chunk.use_count() > 1) chunk = std::make_shared<Chunk>(*chunk);
        std::memcpy(chunk->data() + at, data, part);
        data += part;
        offset += part;
        count -= part;
    }
}

void FileImage::resize(std::uint64_t size) {
    const std::size_t wanted = static_cast<std::size_t>((size + kChunk - 1) / kChunk);
    while (chunks_.size() < wanted) chunks_.push_back(std::make_shared<Chunk>(kChunk));
    chunks_.resize(wanted);
    if (size < size_ && size % kChunk != 0) {
        // Bytes behind the end read as zero when the file grows again.
        auto& last = chunks_.back();
        last = std::make_shared<Chunk>(*last);
        std::fill(last->begin() + static_cast<std::ptrdiff_t>(size % kChunk), last->end(), 0);
    }
    size_ = size;
}

void FileImage::adopt(const FileImage& other, std::uint64_t offset, std::uint64_t count) {
    if (count == 0) return;
    const std::size_t begin = static_cast<std::size_t>(offset / kChunk);
    const std::size_t end = static_cast<std::size_t>((offset + count - 1) / kChunk) + 1;
    if (other.chunks_.size() != chunks_.size()) resize(other.size_);
    size_ = other.size_;
    for (std::size_t i = begin; i < std::min(end, chunks_.size()); ++i)
        chunks_[i] = other.chunks_[i];
}

void MemoryFile::write(std::uint64_t offset, const unsigned char* data, std::size_t count) {
    current.write(offset, data, count);
    if (disk->options().tracks_unsynced)
        unsynced.push_back(
            {offset, std::string(reinterpret_cast<const char*>(data), count), false});
}

void MemoryFile::truncate(std::uint64_t size) {
    current.resize(size);
    if (disk->options().tracks_unsynced) unsynced.push_back({size, {}, true});
}

void MemoryFile::sync() {
    // The Unix VFS syncs the directory with the first sync of a journal or log that it created.
    if (created_unsynced) disk->sync_directory();
    const bool simple = doomed == 0 && std::none_of(unsynced.begin(), unsynced.end(),
                                                    [](const auto& op) { return op.truncates; });
    for (std::size_t i = doomed; i < unsynced.size(); ++i) {
        if (simple)
            synced.adopt(current, unsynced[i].offset, unsynced[i].bytes.size());
        else
            apply_op(synced, unsynced[i], unsynced[i].bytes.size());
    }
    unsynced.clear();
    doomed = 0;
}

FileImage MemoryFile::after_crash(CrashKeeps keeps, bool powersafe,
                                  const std::function<std::uint64_t(std::uint64_t)>& draw) const {
    if (keeps == CrashKeeps::Everything || !disk->options().tracks_unsynced) return current;
    FileImage out = synced;
    if (keeps == CrashKeeps::Nothing) return out;
    const std::size_t open = unsynced.size() - doomed;
    const std::size_t kept = static_cast<std::size_t>(draw(open + 1));
    for (std::size_t i = 0; i < open; ++i) {
        const UnsyncedOp& op = unsynced[doomed + i];
        const bool keep = keeps == CrashKeeps::Some ? draw(2) == 1 : i < kept;
        if (keep) {
            apply_op(out, op, op.bytes.size());
        } else if (keeps == CrashKeeps::Torn && i == kept && op.bytes.size() > 1) {
            std::size_t cut = 1 + static_cast<std::size_t>(draw(op.bytes.size() - 1));
            if (draw(2) == 1 && cut > 512) cut = cut / 512 * 512;
            apply_op(out, op, cut);
            if (!powersafe) spoil_sector(out, op.offset + cut, draw(UINT64_MAX));
        }
    }
    return out;
}

MemoryDisk::MemoryDisk(std::string mount, Options options)
    : mount_(std::move(mount)), options_(options) {
    mounts()[mount_] = this;
}

MemoryDisk::~MemoryDisk() {
    for (auto& [name, file] : files_) file->disk = nullptr;
    for (auto& file : unlinked_)
        if (const auto open = file.lock()) open->disk = nullptr;
    mounts().erase(mount_);
}

MountedPath find_mounted(std::string_view path) {
    const auto slash = path.rfind('/');
    if (slash == std::string_view::npos) return {};
    const auto found = mounts().find(path.substr(0, slash));
    if (found == mounts().end()) return {};
    return {found->second, path.substr(slash + 1)};
}

DiskFault MemoryDisk::ask(DiskOp op, std::string_view file) {
    if (dark_after_call_) dark_ = true;
    if (dark_) return DiskFault::IoError;
    const std::uint64_t ordinal = calls_[static_cast<std::size_t>(op)]++;
    if (!on_call) return DiskFault::None;
    const DiskFault fault = on_call({op, file, ordinal});
    if (fault == DiskFault::PowerLossBefore) {
        dark_ = true;
        return DiskFault::IoError;
    }
    dark_after_call_ = fault == DiskFault::PowerLossAfter;
    return fault;
}

std::shared_ptr<MemoryFile> MemoryDisk::open(std::string_view file, bool create) {
    const auto found = files_.find(file);
    if (found != files_.end()) return found->second;
    if (!create) return nullptr;
    auto made = std::make_shared<MemoryFile>();
    made->name = std::string(file);
    made->disk = this;
    made->created_unsynced = options_.tracks_unsynced;
    const auto gone = deleted_.find(file);
    if (gone != deleted_.end()) {
        // The same name again before the deletion was durable: a crash may bring the old content.
        made->synced = gone->second;
        made->created_unsynced = false;
        made->unsynced.push_back({0, {}, true});
        deleted_.erase(gone);
    }
    files_[made->name] = made;
    return made;
}

void MemoryDisk::unlink(std::string_view file, bool durable) {
    const auto found = files_.find(file);
    if (found == files_.end()) return;
    if (options_.tracks_unsynced && !durable && !found->second->created_unsynced)
        deleted_[found->first] = found->second->synced;
    std::erase_if(unlinked_, [](const auto& file) { return file.expired(); });
    if (found->second.use_count() > 1) unlinked_.push_back(found->second);
    files_.erase(found);
    if (durable) sync_directory();
}

void MemoryDisk::sync_directory() {
    deleted_.clear();
    for (auto& [name, file] : files_) file->created_unsynced = false;
}

void MemoryDisk::crash(CrashKeeps keeps, std::uint64_t seed) {
    std::uint64_t draws = 0;
    const auto draw = [&](std::uint64_t below) {
        return below == 0 ? 0 : mix(seed, ++draws, static_cast<std::uint64_t>(keeps)) % below;
    };
    std::map<std::string, std::shared_ptr<MemoryFile>, std::less<>> left;
    const auto keep = [&](const std::string& name, FileImage image) {
        auto file = std::make_shared<MemoryFile>();
        file->name = name;
        file->disk = this;
        file->synced = image;
        file->current = std::move(image);
        left[name] = std::move(file);
    };
    if (keeps != CrashKeeps::Everything)
        for (auto& [name, image] : deleted_)
            if (keeps == CrashKeeps::Nothing || draw(2) == 1) keep(name, image);
    for (auto& [name, file] : files_) {
        const bool whole = keeps == CrashKeeps::Everything || !options_.tracks_unsynced;
        const bool there =
            whole || !file->created_unsynced || (keeps != CrashKeeps::Nothing && draw(2) == 1);
        if (there) keep(name, file->after_crash(keeps, options_.powersafe_overwrite, draw));
        file->disk = nullptr;
    }
    for (auto& file : unlinked_)
        if (const auto open = file.lock()) open->disk = nullptr;
    unlinked_.clear();
    files_ = std::move(left);
    deleted_.clear();
    dark_ = false;
    dark_after_call_ = false;
}

FileImage MemoryDisk::image(std::string_view file) const {
    const auto found = files_.find(file);
    return found == files_.end() ? FileImage() : found->second->current;
}

void MemoryDisk::put(std::string_view file, FileImage image) {
    remove(file);
    auto made = std::make_shared<MemoryFile>();
    made->name = std::string(file);
    made->disk = this;
    made->synced = image;
    made->current = std::move(image);
    files_[made->name] = std::move(made);
}

void MemoryDisk::remove(std::string_view file) {
    const auto found = files_.find(file);
    if (found == files_.end()) return;
    found->second->disk = nullptr;
    files_.erase(found);
}

std::vector<std::string> MemoryDisk::files() const {
    std::vector<std::string> out;
    for (const auto& [name, file] : files_) out.push_back(name);
    return out;
}

bool MemoryDisk::flip_bit(std::string_view file, std::uint64_t seed) {
    const auto found = files_.find(file);
    if (found == files_.end() || found->second->current.size() == 0) return false;
    const std::uint64_t bit = mix(seed, 8) % (found->second->current.size() * 8);
    for (FileImage* image : {&found->second->current, &found->second->synced}) {
        if (bit / 8 >= image->size()) continue;
        unsigned char byte = 0;
        image->read(bit / 8, &byte, 1);
        byte = static_cast<unsigned char>(byte ^ (1u << (bit % 8)));
        image->write(bit / 8, &byte, 1);
    }
    return true;
}

}  // namespace liaison::sim
