/// Why no certificate was made; for people.
package enum NewCertificateError: Error, Equatable, Sendable {
    case notAHost(String)
    case exists(String)
    case failed(String)
}

extension NewCertificateError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notAHost(let text):
            "\"\(text)\" is neither a host name (a name in other letters: as xn--…) nor a numeric address"
        case .exists(let path): "\(path) exists: --force replaces it, --directory names another place"
        case .failed(let reason): reason
        }
    }
}
