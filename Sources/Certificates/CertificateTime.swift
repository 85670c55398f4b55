import COpenSSL
import Glibc

/// A moment of a certificate's validity, in seconds since 1970.
package struct CertificateTime: Hashable, Comparable, Sendable {
    package let seconds: Int64

    package init(seconds: Int64) {
        self.seconds = seconds
    }

    package static func now() -> CertificateTime { CertificateTime(seconds: Int64(time(nil))) }

    package func advanced(byDays days: Int) -> CertificateTime {
        CertificateTime(seconds: seconds + Int64(days) * 86_400)
    }

    package static func < (left: CertificateTime, right: CertificateTime) -> Bool { left.seconds < right.seconds }
}

extension CertificateTime: CustomStringConvertible {
    /// `2026-11-27 13:50 UTC`
    package var description: String {
        var seconds = time_t(seconds)
        var parts = tm()
        var text = [CChar](repeating: 0, count: 64)
        guard gmtime_r(&seconds, &parts) != nil, strftime(&text, text.count, "%Y-%m-%d %H:%M UTC", &parts) > 0 else {
            return "\(self.seconds) s after 1970"
        }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
