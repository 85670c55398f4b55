import Synchronization

/// What came, for a test that waits for it with a deadline.
final class TestInbox<Element: Sendable>: Sendable {
    private let elements: Mutex<[Element]> = Mutex([])

    func put(_ element: Element) {
        elements.withLock { $0.append(element) }
    }

    /// The oldest element, as soon as there is one; nil after ten seconds.
    func next() async throws -> Element? {
        let clock = ContinuousClock()
        let deadline = clock.now.advanced(by: .seconds(10))
        while clock.now < deadline {
            if let element = elements.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) { return element }
            try await Task.sleep(for: .milliseconds(2))
        }
        return nil
    }
}
