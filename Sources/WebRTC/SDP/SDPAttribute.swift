/// An `a=` line that this implementation gives no meaning to, kept as it was: `name` or `name:value`.
package struct SDPAttribute: Hashable, Sendable {
    package var name: String
    package var value: String?

    package init(_ name: String, _ value: String? = nil) {
        self.name = name
        self.value = value
    }
}
