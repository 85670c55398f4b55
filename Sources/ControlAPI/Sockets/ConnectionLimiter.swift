import Synchronization

/// Counts the connections of one socket and refuses those over the limits.
package final class ConnectionLimiter: Sendable {
    /// How many may be open.
    package struct Limits: Sendable {
        /// Altogether.
        package var total: Int
        /// Of one user.
        package var ofOneUser: Int
        /// Kept free for root and the daemon's own user.
        package var reserved = 4

        package init(total: Int, ofOneUser: Int) {
            self.total = total
            self.ofOneUser = ofOneUser
        }

        package static let control = Limits(total: 64, ofOneUser: 16)
        package static let events = Limits(total: 256, ofOneUser: 64)
    }

    package let limits: Limits
    private let ownUserID: UInt32
    private let counts = Mutex<[UInt32: Int]>([:])

    /// - Parameter ownUserID: the user that the daemon runs as.
    package init(limits: Limits, ownUserID: UInt32) {
        self.limits = limits
        self.ownUserID = ownUserID
    }

    /// How many connections are open.
    package var count: Int { counts.withLock { $0.values.reduce(0, +) } }

    /// Admits a connection of a user, or says why not. What was admitted has to be given back by ``leave(_:)``.
    package func enter(_ userID: UInt32) -> String? {
        counts.withLock { counts in
            let mine = counts[userID, default: 0]
            guard mine < limits.ofOneUser else { return "user \(userID) has \(mine) open already" }
            let isPrivileged = userID == 0 || userID == ownUserID
            let room = isPrivileged ? limits.total : limits.total - limits.reserved
            let total = counts.values.reduce(0, +)
            guard total < room else { return "\(total) are open" }
            counts[userID] = mine + 1
            return nil
        }
    }

    /// Gives a connection back.
    package func leave(_ userID: UInt32) {
        counts.withLock { counts in
            let mine = counts[userID, default: 0]
            counts[userID] = mine > 1 ? mine - 1 : nil
        }
    }
}
