import Transport

/// How often one client may do things, in all its rooms together (the SDK's published limits; that of stream texts is
/// ours).
struct SessionRates {
    var broadcasts: TokenBucket
    var commandsToOne: TokenBucket
    var commandsToSeveral: TokenBucket
    var streamInfos: TokenBucket

    init(now: MonotonicTime) {
        broadcasts = TokenBucket(perSecond: 2, burst: 2, now: now)
        commandsToOne = TokenBucket(perSecond: 200, burst: 200, now: now)
        commandsToSeveral = TokenBucket(perSecond: 10, burst: 10, now: now)
        streamInfos = TokenBucket(perSecond: 10, burst: 10, now: now)
    }
}
