/// A first-in first-out queue that refuses to grow beyond its capacity; its storage is kept and used again.
struct BoundedQueue<Element> {
    private var storage: [Element?]
    private var head = 0
    private(set) var count = 0
    private let capacity: Int

    init(capacity: Int) {
        self.capacity = capacity
        storage = []
    }

    var isEmpty: Bool { count == 0 }

    /// False, and nothing added, when the queue is full.
    @discardableResult
    mutating func append(_ element: Element) -> Bool {
        guard count < capacity else { return false }
        if storage.isEmpty { storage = Array(repeating: nil, count: capacity) }
        storage[(head + count) % capacity] = element
        count += 1
        return true
    }

    mutating func popFirst() -> Element? {
        guard count > 0 else { return nil }
        let element = storage[head]
        storage[head] = nil
        head = (head + 1) % capacity
        count -= 1
        return element
    }

    mutating func removeAll() {
        while popFirst() != nil {}
    }
}
