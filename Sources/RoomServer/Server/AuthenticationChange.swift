/// Told to ``ConnectionGuard`` through the pipeline: the client logged in, or is a stranger again.
struct AuthenticationChange: Sendable {
    let isAuthenticated: Bool
}
