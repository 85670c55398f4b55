/// A value does not have the shape that its reader asks for.
package struct JSONShapeError: Error, Equatable, Sendable {
    /// Where, from the value that was read: `user.userID`, `events[2]`; empty for the value itself.
    package var path: String
    /// What was asked for, in words: `string`, `integer 0…200`, `one of main, aux`, `no such key`.
    package var expected: String
    /// What was found: `missing`, a kind such as `string`, or the offending value itself.
    package var got: String

    package init(path: String, expected: String, got: String) {
        self.path = path
        self.expected = expected
        self.got = got
    }
}

extension JSONShapeError: CustomStringConvertible {
    package var description: String {
        "\(path.isEmpty ? "the value" : path): expected \(expected), got \(got)"
    }
}
