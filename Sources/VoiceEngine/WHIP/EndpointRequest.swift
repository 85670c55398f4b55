/// One HTTP request of a WHIP or WHEP session.
package struct EndpointRequest: Sendable, Equatable {
    package enum Method: String, Sendable {
        case post = "POST"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    /// Which request of the session it is: the answer names it.
    package let number: UInt64
    package let method: Method
    package let url: HTTPURL
    /// Name and value; the credentials among them.
    package let headers: [(name: String, value: String)]
    package let body: String
    /// Nanoseconds that the whole exchange may take.
    package let timeout: Int64

    package init(
        number: UInt64, method: Method, url: HTTPURL, headers: [(name: String, value: String)], body: String,
        timeout: Int64
    ) {
        self.number = number
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
    }

    package static func == (one: EndpointRequest, other: EndpointRequest) -> Bool {
        one.number == other.number && one.method == other.method && one.url == other.url && one.body == other.body
            && one.headers.elementsEqual(other.headers) { $0 == $1 }
    }

    /// The value of a field.
    package func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}

extension EndpointRequest: CustomStringConvertible, CustomReflectable {
    package var description: String { "\(method.rawValue) \(url.origin)" }
    package var customMirror: Mirror { Mirror(self, children: ["method": method.rawValue, "origin": url.origin]) }
}
