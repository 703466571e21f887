#pragma once
#include <filesystem>
#include <string>

namespace liaison::net::test {

/// A certification authority of a test's own, made anew each time: P-256 keys, files in a fresh folder.
class TestCa {
public:
    TestCa();
    ~TestCa();
    TestCa(const TestCa&) = delete;
    TestCa& operator=(const TestCa&) = delete;

    const std::string& ca_file() const { return ca_file_; }

    struct Leaf {
        std::string certificate_file;
        std::string key_file;
    };
    /// A server certificate for `subject_alt_names` ("DNS:localhost,IP:127.0.0.1"); `valid_from` and `valid_until` are
    /// seconds from now.
    Leaf issue(const std::string& subject_alt_names, long valid_from = -3600, long valid_until = 3600);
    /// The same, signed by itself.
    Leaf self_signed(const std::string& subject_alt_names);

private:
    struct Parts;
    std::filesystem::path folder_;
    std::string ca_file_;
    Parts* parts_;
    int issued_ = 0;
};

}  // namespace liaison::net::test
