#pragma once

#include <string.h>

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/dtls1.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <openssl/srtp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

// What OpenSSL offers as a macro or a function with variable arguments, which Swift does not import, and HMAC-SHA1 with
// a precomputed key. Static inlines only; no logic beyond that.

static inline int copenssl_ctx_set_dtls_1_2(SSL_CTX *context) {
    return SSL_CTX_set_min_proto_version(context, DTLS1_2_VERSION) == 1
        && SSL_CTX_set_max_proto_version(context, DTLS1_2_VERSION) == 1;
}

/// No renegotiation, no session tickets, the path MTU is set and not asked for.
static inline void copenssl_ctx_set_dtls_options(SSL_CTX *context) {
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET | SSL_OP_NO_QUERY_MTU
                                     | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_read_ahead(context, 1);
}

static inline int copenssl_ctx_set_groups(SSL_CTX *context, const char *groups) {
    return SSL_CTX_set1_groups_list(context, groups) == 1;
}

static inline void copenssl_ctx_set_max_handshake_message(SSL_CTX *context, long bytes) {
    SSL_CTX_set_max_cert_list(context, bytes);
}

static inline void copenssl_set_link_mtu(SSL *ssl, long bytes) {
    DTLS_set_link_mtu(ssl, bytes);
}

static inline void copenssl_set_app_data(SSL *ssl, void *data) {
    SSL_set_app_data(ssl, data);
}

static inline void *copenssl_get_app_data(const SSL *ssl) {
    return SSL_get_app_data(ssl);
}

static inline void copenssl_bio_set_retry_read(BIO *bio) {
    BIO_set_retry_read(bio);
}

static inline void copenssl_bio_clear_retry_flags(BIO *bio) {
    BIO_clear_retry_flags(bio);
}

/// A new key on P-256; NULL on failure.
static inline EVP_PKEY *copenssl_generate_p256(void) {
    return EVP_EC_gen("P-256");
}

static inline int copenssl_ctx_set_tls_1_2_or_later(SSL_CTX *context) {
    return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1;
}

/// The name that a TLS client asks for (SNI).
static inline int copenssl_set_server_name(SSL *ssl, const char *name) {
    return SSL_set_tlsext_host_name(ssl, name) == 1;
}

/// What a TLS server has shown: its own certificate first.
static inline int copenssl_count_peer_certificates(const SSL *ssl) {
    const STACK_OF(X509) *chain = SSL_get_peer_cert_chain(ssl);
    return chain == NULL ? 0 : sk_X509_num(chain);
}

static inline X509 *copenssl_peer_certificate(const SSL *ssl, int index) {
    return sk_X509_value(SSL_get_peer_cert_chain(ssl), index);
}

/// Adds an extension to a certificate, in the words of OpenSSL's configuration files; 0 on failure.
static inline int copenssl_add_extension(X509 *certificate, int nid, const char *value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, certificate, certificate, NULL, NULL, 0);
    X509V3_set_ctx_nodb(&context);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    if (extension == NULL) return 0;
    int added = X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
    return added;
}

/// `CN = name, O = organization`, with UTF-8 as it is.
static inline void copenssl_print_name(BIO *bio, const X509_NAME *name) {
    X509_NAME_print_ex(bio, name, 0, XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB);
}

static inline STACK_OF(X509) *copenssl_new_certificates(void) {
    return sk_X509_new_null();
}

/// The list takes the certificate over unless it returns 0.
static inline int copenssl_add_certificate(STACK_OF(X509) *list, X509 *certificate) {
    return sk_X509_push(list, certificate) > 0;
}

static inline void copenssl_free_certificates(STACK_OF(X509) *list) {
    sk_X509_pop_free(list, X509_free);
}

/// HMAC-SHA1 (RFC 2104) with the key's two blocks hashed once: a plain value of 192 bytes, used per packet by SRTP
/// without any allocation. (EVP_MAC duplicates its digest contexts on the heap for every message in OpenSSL 3.)
typedef struct {
    SHA_CTX inner;
    SHA_CTX outer;
} copenssl_hmac_sha1;

// The SHA1_* functions are deprecated in OpenSSL 3 in favour of EVP, whose contexts live on the heap.
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wdeprecated-declarations"

/// The key has at most 64 bytes.
static inline void copenssl_hmac_sha1_init(copenssl_hmac_sha1 *hmac, const unsigned char *key, size_t length) {
    unsigned char block[SHA_CBLOCK];
    memset(block, 0x36, sizeof block);
    for (size_t index = 0; index < length && index < sizeof block; index++) block[index] ^= key[index];
    SHA1_Init(&hmac->inner);
    SHA1_Update(&hmac->inner, block, sizeof block);
    for (size_t index = 0; index < sizeof block; index++) block[index] ^= 0x36 ^ 0x5c;
    SHA1_Init(&hmac->outer);
    SHA1_Update(&hmac->outer, block, sizeof block);
    OPENSSL_cleanse(block, sizeof block);
}

/// The MAC of `data` followed by the four bytes of `trailer`.
static inline void copenssl_hmac_sha1_compute(const copenssl_hmac_sha1 *hmac, const void *data, size_t length,
                                              const void *trailer, unsigned char mac[SHA_DIGEST_LENGTH]) {
    SHA_CTX context = hmac->inner;
    SHA1_Update(&context, data, length);
    SHA1_Update(&context, trailer, 4);
    SHA1_Final(mac, &context);
    context = hmac->outer;
    SHA1_Update(&context, mac, SHA_DIGEST_LENGTH);
    SHA1_Final(mac, &context);
}

#pragma clang diagnostic pop
