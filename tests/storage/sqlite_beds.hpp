#pragma once
#include <filesystem>
#include <memory>
#include <string>

#include "tests/conformance/store_suite_kit.hpp"

namespace liaison::store_suite {

/// A directory of its own for one test, removed at its end.
class ScratchDirectory {
public:
    ScratchDirectory() {
        static int count = 0;
        const auto* test = testing::UnitTest::GetInstance()->current_test_info();
        std::string name = std::string("store_") + (test ? test->name() : "x") + "_" + std::to_string(++count);
        for (char& c : name)
            if (c == '/') c = '_';
        path_ = std::filesystem::path(LIAISON_BINARY_DIR) / "scratch" / name;
        std::filesystem::remove_all(path_);
        std::filesystem::create_directories(path_);
    }
    ~ScratchDirectory() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    ScratchDirectory(const ScratchDirectory&) = delete;
    ScratchDirectory& operator=(const ScratchDirectory&) = delete;
    std::string str() const { return path_.string(); }
    std::string file() const { return (path_ / "liaison.db").string(); }

private:
    std::filesystem::path path_;
};

class MemoryBed final : public StoreBed {
public:
    Stores& stores(bool) override {
        if (!stores_.sync) stores_ = std::move(open_stores_in_memory(worker, entropy, clock).value());
        return stores_;
    }

private:
    Stores stores_;
};

/// Closes and opens the files before every verb: what is not durable is lost.
class ReopeningBed final : public StoreBed {
public:
    Stores& stores(bool picture_under_way) override {
        if (stores_.sync && picture_under_way) return stores_;
        stores_ = Stores{};
        stores_ = std::move(open_stores(directory_.str(), worker, entropy, clock).value());
        return stores_;
    }

private:
    ScratchDirectory directory_;
    Stores stores_;
};

}  // namespace liaison::store_suite
