import COpenSSL
import RTP

/// Encryption and authentication of one direction under one session key, RTP's or RTCP's: OpenSSL contexts that are
/// made once and reused for every packet and every SSRC, so that a packet allocates nothing.
final class SRTPCipher {
    private let profile: SRTPProfile
    private let isEncrypting: Bool
    private let context: OpaquePointer
    /// Counter mode only.
    private var hmac = copenssl_hmac_sha1()
    /// The session salt, left-aligned in the sixteen bytes of a block.
    private var salt: (UInt64, UInt64) = (0, 0)

    init(_ keys: SRTPSessionKeys.Material, _ profile: SRTPProfile, encrypting: Bool) throws(SRTPError) {
        guard let context = EVP_CIPHER_CTX_new() else { throw .cryptography }
        self.profile = profile
        // Counter mode encrypts and decrypts alike.
        isEncrypting = encrypting || profile == .aes128CMHMACSHA1_80
        self.context = context
        let padded = keys.salt + [UInt8](repeating: 0, count: 16 - keys.salt.count)
        padded.withUnsafeBytes {
            salt = ($0.bigEndianUInt64(at: 0), $0.bigEndianUInt64(at: 8))
        }
        let cipher = profile == .aeadAES128GCM ? SRTPCipher.gcm : SRTPCipher.counterMode
        guard EVP_CipherInit_ex(context, cipher, nil, keys.encryption, nil, isEncrypting ? 1 : 0) == 1 else {
            throw .cryptography
        }
        if profile == .aes128CMHMACSHA1_80 {
            copenssl_hmac_sha1_init(&hmac, keys.authentication, keys.authentication.count)
        }
    }

    deinit {
        EVP_CIPHER_CTX_free(context)
        withUnsafeMutableBytes(of: &hmac) { OPENSSL_cleanse($0.baseAddress, $0.count) }
    }

    // Fetched once per process: a fetch by EVP_aes_128_gcm() at every initialisation searches the providers under a lock.
    // The pointers are never freed and the ciphers immutable, so that all threads may use them.
    nonisolated(unsafe) private static let gcm = EVP_CIPHER_fetch(nil, "AES-128-GCM", nil)
    nonisolated(unsafe) private static let counterMode = EVP_CIPHER_fetch(nil, "AES-128-CTR", nil)

    // MARK: AEAD_AES_128_GCM

    /// Encrypts `text` to `output` (the same memory, or apart) and writes the tag of 16 bytes behind it. The associated
    /// data are `associated` and, for RTCP, the index word.
    func seal(
        ssrc: UInt32, index: UInt64, associated: UnsafeRawBufferPointer, indexWord: UInt32?,
        text: UnsafeRawBufferPointer, output: UnsafeMutableRawBufferPointer
    ) -> Bool {
        guard beginGCM(ssrc: ssrc, index: index, associated: associated, indexWord: indexWord) else { return false }
        var written: Int32 = 0
        let out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        if text.count > 0 {
            guard
                EVP_EncryptUpdate(
                    context, out, &written, text.baseAddress?.assumingMemoryBound(to: UInt8.self), Int32(text.count))
                    == 1
            else { return false }
        }
        var nothing: Int32 = 0
        guard EVP_EncryptFinal_ex(context, out.map { $0 + Int(written) }, &nothing) == 1 else { return false }
        return EVP_CIPHER_CTX_ctrl(
            context, EVP_CTRL_AEAD_GET_TAG, 16, output.baseAddress.map { $0 + text.count }) == 1
    }

    /// Checks the tag behind `text` and decrypts it in place; what is in `text` if the tag is wrong is undefined.
    func open(
        ssrc: UInt32, index: UInt64, associated: UnsafeRawBufferPointer, indexWord: UInt32?,
        text: UnsafeMutableRawBufferPointer, tag: UnsafeMutableRawPointer
    ) -> Bool {
        guard beginGCM(ssrc: ssrc, index: index, associated: associated, indexWord: indexWord),
            EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, 16, tag) == 1
        else { return false }
        var written: Int32 = 0
        let bytes = text.baseAddress?.assumingMemoryBound(to: UInt8.self)
        if text.count > 0 {
            guard EVP_DecryptUpdate(context, bytes, &written, bytes, Int32(text.count)) == 1 else { return false }
        }
        var nothing: Int32 = 0
        return EVP_DecryptFinal_ex(context, bytes.map { $0 + Int(written) }, &nothing) == 1
    }

    /// The initialisation vector (RFC 7714 sections 8.1 and 9.1): two zero bytes, SSRC, 48-bit index, mixed with the
    /// salt; and the associated data.
    private func beginGCM(
        ssrc: UInt32, index: UInt64, associated: UnsafeRawBufferPointer, indexWord: UInt32?
    ) -> Bool {
        let high = salt.0 ^ (UInt64(ssrc) << 16 | index >> 32)
        let low = salt.1 ^ (index << 32)
        var vector = (high.bigEndian, low.bigEndian)
        var written: Int32 = 0
        let initialised = withUnsafeBytes(of: &vector) {
            EVP_CipherInit_ex(
                context, nil, nil, nil, $0.baseAddress?.assumingMemoryBound(to: UInt8.self), isEncrypting ? 1 : 0)
        }
        guard initialised == 1,
            EVP_CipherUpdate(
                context, nil, &written, associated.baseAddress?.assumingMemoryBound(to: UInt8.self),
                Int32(associated.count)) == 1
        else { return false }
        guard let indexWord else { return true }
        var word = indexWord.bigEndian
        return withUnsafeBytes(of: &word) {
            EVP_CipherUpdate(context, nil, &written, $0.baseAddress?.assumingMemoryBound(to: UInt8.self), 4)
        } == 1
    }

    // MARK: AES128_CM_HMAC_SHA1_80

    /// Encrypts or decrypts `text` to `output` (the same memory, or apart) (RFC 3711 section 4.1.1).
    func counterMode(
        ssrc: UInt32, index: UInt64, text: UnsafeRawBufferPointer, output: UnsafeMutableRawBufferPointer
    ) -> Bool {
        var vector = ((salt.0 ^ UInt64(ssrc)).bigEndian, (salt.1 ^ (index << 16)).bigEndian)
        let initialised = withUnsafeBytes(of: &vector) {
            EVP_CipherInit_ex(context, nil, nil, nil, $0.baseAddress?.assumingMemoryBound(to: UInt8.self), 1)
        }
        guard initialised == 1 else { return false }
        guard text.count > 0 else { return true }
        var written: Int32 = 0
        return EVP_EncryptUpdate(
            context, output.baseAddress?.assumingMemoryBound(to: UInt8.self), &written,
            text.baseAddress?.assumingMemoryBound(to: UInt8.self), Int32(text.count)) == 1
    }

    /// The tag of ten bytes over `data` followed by the four bytes of `trailer` (RTP: the roll-over counter; RTCP: the
    /// index word), RFC 3711 section 4.2.
    func tag(_ data: UnsafeRawBufferPointer, trailer: UInt32, into tag: UnsafeMutableRawPointer) {
        withMAC(data, trailer) { mac in
            UnsafeMutableRawBufferPointer(start: tag, count: 10).copyMemory(from: mac.part(0, 10))
        }
    }

    /// Whether `tag` is that of `data` and `trailer`, compared in constant time.
    func hasTag(_ data: UnsafeRawBufferPointer, trailer: UInt32, _ tag: UnsafeRawPointer) -> Bool {
        withMAC(data, trailer) { CRYPTO_memcmp($0.baseAddress, tag, 10) == 0 }
    }

    private func withMAC<Result>(
        _ data: UnsafeRawBufferPointer, _ trailer: UInt32, _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        var word = trailer.bigEndian
        var mac: (UInt64, UInt64, UInt64) = (0, 0, 0)  // Room for the 20 bytes of SHA-1.
        return withUnsafeMutableBytes(of: &mac) { mac in
            copenssl_hmac_sha1_compute(
                &hmac, data.baseAddress, data.count, &word, mac.baseAddress?.assumingMemoryBound(to: UInt8.self))
            return body(UnsafeRawBufferPointer(mac))
        }
    }
}
