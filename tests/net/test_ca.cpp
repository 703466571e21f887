#include "tests/net/test_ca.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <atomic>
#include <random>
#include <stdexcept>

namespace liaison::net::test {

struct TestCa::Parts {
    EVP_PKEY* key = nullptr;
    X509* certificate = nullptr;
    ~Parts() {
        X509_free(certificate);
        EVP_PKEY_free(key);
    }
};

namespace {

void must(bool good, const char* what) {
    if (!good) throw std::runtime_error(what);
}

void add_extension(X509* certificate, X509* issuer, int nid, const char* value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value);
    must(extension && X509_add_ext(certificate, extension, -1), "extension");
    X509_EXTENSION_free(extension);
}

X509* new_certificate(EVP_PKEY* key, const char* name, long valid_from, long valid_until) {
    static std::atomic<long> serial = 1000;
    X509* certificate = X509_new();
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate), valid_from);
    X509_gmtime_adj(X509_getm_notAfter(certificate), valid_until);
    X509_set_pubkey(certificate, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
    return certificate;
}

void save_certificate(const std::string& path, X509* certificate) {
    BIO* file = BIO_new_file(path.c_str(), "w");
    must(file && PEM_write_bio_X509(file, certificate), "write certificate");
    BIO_free(file);
}

void save_key(const std::string& path, EVP_PKEY* key) {
    BIO* file = BIO_new_file(path.c_str(), "w");
    must(file && PEM_write_bio_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr), "write key");
    BIO_free(file);
}

}  // namespace

TestCa::TestCa() : parts_(new Parts) {
    std::random_device entropy;
    folder_ = std::filesystem::temp_directory_path() / ("liaison-ca-" + std::to_string(entropy()));
    std::filesystem::create_directories(folder_);
    ca_file_ = (folder_ / "ca.pem").string();
    parts_->key = EVP_EC_gen("P-256");
    X509* ca = parts_->certificate = new_certificate(parts_->key, "Liaison test CA", -3600, 3600);
    X509_set_issuer_name(ca, X509_get_subject_name(ca));
    add_extension(ca, ca, NID_basic_constraints, "critical,CA:TRUE");
    add_extension(ca, ca, NID_key_usage, "critical,keyCertSign,cRLSign");
    add_extension(ca, ca, NID_subject_key_identifier, "hash");
    must(X509_sign(ca, parts_->key, EVP_sha256()) > 0, "sign");
    save_certificate(ca_file_, ca);
}

TestCa::~TestCa() {
    delete parts_;
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

TestCa::Leaf TestCa::issue(const std::string& subject_alt_names, long valid_from, long valid_until) {
    std::string stem = (folder_ / ("leaf" + std::to_string(++issued_))).string();
    Leaf leaf{stem + ".pem", stem + ".key"};
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* certificate = new_certificate(key, "server", valid_from, valid_until);
    X509_set_issuer_name(certificate, X509_get_subject_name(parts_->certificate));
    add_extension(certificate, parts_->certificate, NID_subject_alt_name, subject_alt_names.c_str());
    add_extension(certificate, parts_->certificate, NID_ext_key_usage, "serverAuth");
    must(X509_sign(certificate, parts_->key, EVP_sha256()) > 0, "sign");
    save_certificate(leaf.certificate_file, certificate);
    save_key(leaf.key_file, key);
    X509_free(certificate);
    EVP_PKEY_free(key);
    return leaf;
}

TestCa::Leaf TestCa::self_signed(const std::string& subject_alt_names) {
    std::string stem = (folder_ / ("self" + std::to_string(++issued_))).string();
    Leaf leaf{stem + ".pem", stem + ".key"};
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* certificate = new_certificate(key, "self", -3600, 3600);
    X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
    add_extension(certificate, certificate, NID_subject_alt_name, subject_alt_names.c_str());
    must(X509_sign(certificate, key, EVP_sha256()) > 0, "sign");
    save_certificate(leaf.certificate_file, certificate);
    save_key(leaf.key_file, key);
    X509_free(certificate);
    EVP_PKEY_free(key);
    return leaf;
}

}  // namespace liaison::net::test
