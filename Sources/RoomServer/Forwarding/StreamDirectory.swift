import Synchronization

/// The streams that are published or played, for all workers. Asked when something changes, never per packet.
final class StreamDirectory: Sendable {
    private struct Entry {
        let route: StreamRoute
        /// Publications and subscriptions that hold it.
        var uses: Int
    }

    private struct State {
        var entries: [StreamKey: Entry] = [:]
        var nextNumber: UInt32 = 1
        var nextSource: UInt64 = 1
    }

    private let state = Mutex(State())

    /// The route of a stream, made if need be; to be given back with ``release(_:)``.
    func acquire(_ key: StreamKey) -> StreamRoute {
        state.withLock { state in
            if var entry = state.entries[key] {
                entry.uses += 1
                state.entries[key] = entry
                return entry.route
            }
            let route = StreamRoute(key: key, number: state.nextNumber)
            state.nextNumber &+= 1
            state.entries[key] = Entry(route: route, uses: 1)
            return route
        }
    }

    func release(_ route: StreamRoute) {
        state.withLock { state in
            guard var entry = state.entries[route.key], entry.route === route else { return }
            entry.uses -= 1
            state.entries[route.key] = entry.uses > 0 ? entry : nil
        }
    }

    /// A name for a run of packets with continuous sequence numbers and timestamps: a new one for every publication,
    /// and whenever a publisher begins anew.
    func makeSource() -> UInt64 {
        state.withLock { state in
            defer { state.nextSource += 1 }
            return state.nextSource
        }
    }
}
