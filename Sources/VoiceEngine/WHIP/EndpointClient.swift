import AsyncHTTPClient
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// The HTTP client of WHIP and WHEP sessions: each exchange bounded in time and length, redirects left to the session.
package final class EndpointClient: Sendable {
    private static let connectTimeout = TimeAmount.seconds(5)
    /// Bytes of a body that says what went wrong.
    private static let maximumProblem = 4096

    private let client: HTTPClient
    private let userAgent: String

    /// - Parameters:
    ///   - userAgent: what it calls itself: `zegod/1.0.0`.
    ///   - authorities: certificates (DER) that are trusted beside the system's, `tls_ca`.
    package init(userAgent: String, authorities: [[UInt8]] = []) {
        var tls = TLSConfiguration.makeClientConfiguration()
        let further = authorities.compactMap { try? NIOSSLCertificate(bytes: $0, format: .der) }
        if !further.isEmpty { tls.additionalTrustRoots = [.certificates(further)] }
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls, redirectConfiguration: .disallow,
            timeout: HTTPClient.Configuration.Timeout(connect: Self.connectTimeout),
            connectionPool: HTTPClient.Configuration.ConnectionPool(idleTimeout: .seconds(10)))
        configuration.httpVersion = .http1Only
        // When to try again is the retry schedule's.
        configuration.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(
            eventLoopGroupProvider: .shared(MultiThreadedEventLoopGroup.singleton), configuration: configuration)
        self.userAgent = userAgent
    }

    /// Ends what is under way; nothing can be sent afterwards.
    package func shutdown() async {
        try? await client.shutdown()
    }

    /// Sends a request and gives the whole answer.
    ///
    /// - Throws: ``EndpointFailure`` when there is none in time.
    package func send(_ request: EndpointRequest) async throws(EndpointFailure) -> EndpointResponse {
        do {
            return try await withThrowingTaskGroup(of: EndpointResponse.self) { group in
                group.addTask { try await self.exchange(request) }
                group.addTask {
                    try await Task.sleep(nanoseconds: UInt64(max(0, request.timeout)))
                    throw EndpointFailure(reason: "no answer within \(request.timeout / 1_000_000_000) s")
                }
                defer { group.cancelAll() }
                guard let first = try await group.next() else { throw EndpointFailure(reason: "no answer") }
                return first
            }
        } catch {
            throw Self.failure(error, request)
        }
    }

    private func exchange(_ request: EndpointRequest) async throws -> EndpointResponse {
        var outgoing = HTTPClientRequest(url: request.url.text)
        outgoing.method = HTTPMethod(rawValue: request.method.rawValue)
        outgoing.headers.add(name: "User-Agent", value: userAgent)
        for (name, value) in request.headers { outgoing.headers.add(name: name, value: value) }
        if request.method != .delete { outgoing.body = .bytes(ByteBuffer(string: request.body)) }
        let response = try await client.execute(outgoing, timeout: .nanoseconds(request.timeout))
        let status = Int(response.status.code)
        let isDescription = (200..<300).contains(status) || status == 406
        let limit = isDescription ? EndpointResponse.maximumBody : Self.maximumProblem
        var body: [UInt8] = []
        for try await part in response.body {
            body += part.readableBytesView.prefix(limit + 1 - body.count)
            if body.count > limit { break }
        }
        return EndpointResponse(
            status: status, headers: response.headers.map { ($0.name, $0.value) },
            body: String(decoding: body.prefix(limit), as: UTF8.self), isTruncated: body.count > limit)
    }

    // MARK: Failures

    private static func failure(_ error: any Error, _ request: EndpointRequest) -> EndpointFailure {
        switch error {
        case let failure as EndpointFailure: return failure
        case let error as NIOConnectionError:
            if let first = error.connectionErrors.first?.error as? IOError {
                return EndpointFailure(
                    reason: "\(request.url.origin): \(text(first.errnoCode))",
                    isRefused: first.errnoCode == ECONNREFUSED)
            }
            let isUnknown = error.dnsAError != nil || error.dnsAAAAError != nil
            return EndpointFailure(
                reason: isUnknown
                    ? "the name \(request.url.host) cannot be resolved" : "no connection to \(request.url.origin)")
        case let error as IOError:
            return EndpointFailure(
                reason: "\(request.url.origin): \(text(error.errnoCode))", isRefused: error.errnoCode == ECONNREFUSED)
        case let error as HTTPClientError: return EndpointFailure(reason: text(error, request))
        case let error as NIOSSLError: return EndpointFailure(reason: "TLS with \(request.url.origin): \(error)")
        case let error as NIOSSLExtraError: return EndpointFailure(reason: "TLS with \(request.url.origin): \(error)")
        case let error as BoringSSLError: return EndpointFailure(reason: "TLS with \(request.url.origin): \(error)")
        default: return EndpointFailure(reason: "HTTP with \(request.url.origin): \(type(of: error)) \(error)")
        }
    }

    private static func text(_ error: HTTPClientError, _ request: EndpointRequest) -> String {
        switch error {
        case .connectTimeout: "no connection to \(request.url.origin) within 5 s"
        case .deadlineExceeded: "no answer within \(request.timeout / 1_000_000_000) s"
        case .remoteConnectionClosed: "\(request.url.origin) closed the connection without an answer"
        case .tlsHandshakeTimeout: "\(request.url.origin) does not finish the TLS handshake"
        default: "HTTP with \(request.url.origin): \(error.shortDescription)"
        }
    }

    private static func text(_ code: CInt) -> String { String(cString: strerror(code)) }
}
