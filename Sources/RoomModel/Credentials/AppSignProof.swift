import COpenSSL

/// The proof that a client holds the AppSign of an application, made anew for each login (ROOM-PROTOCOL.md,
/// "Authentication"): HMAC-SHA256 with the 32 bytes of the AppSign over
/// `"zego-room.v1\n" + nonce + "\n" + appID + "\n" + userID + "\n" + roomID`, in hexadecimal. The nonce is the server's
/// and valid for one connection, so that no clock of the client is involved and a proof overheard is worth nothing.
package enum AppSignProof {
    /// The label that separates this use of the key from any other.
    private static let label = "zego-room.v1"

    /// The proof, 64 lower-case hexadecimal digits.
    package static func make(appSign: AppSign, nonce: String, appID: AppID, userID: UserID, roomID: RoomID) -> String {
        Hexadecimal.encode(code(appSign: appSign, nonce: nonce, appID: appID, userID: userID, roomID: roomID))
    }

    /// Whether `proof` is right; in constant time with regard to the right proof. Anything that is not 64 hexadecimal
    /// digits is wrong.
    package static func verify(
        _ proof: String, appSign: AppSign, nonce: String, appID: AppID, userID: UserID, roomID: RoomID
    ) -> Bool {
        let expected = code(appSign: appSign, nonce: nonce, appID: appID, userID: userID, roomID: roomID)
        guard let given = Hexadecimal.decode(proof) else { return false }
        return ConstantTime.areEqual(given, expected)
    }

    private static func code(
        appSign: AppSign, nonce: String, appID: AppID, userID: UserID, roomID: RoomID
    ) -> [UInt8] {
        let message = Array("\(label)\n\(nonce)\n\(appID.rawValue)\n\(userID.rawValue)\n\(roomID.rawValue)".utf8)
        var output = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var length: UInt32 = 0
        // HMAC fails only when memory is out or SHA-256 is missing in the library; an empty code then matches nothing.
        let result = HMAC(
            EVP_sha256(), appSign.bytes, Int32(appSign.bytes.count), message, message.count, &output, &length)
        return result == nil ? [] : Array(output.prefix(Int(length)))
    }
}
