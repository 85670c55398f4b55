import Transport

/// How often things may happen in one room, whoever causes them (the SDK's published limits).
struct RoomRates {
    var logins: TokenBucket
    var broadcasts: TokenBucket
    var barrages: TokenBucket
    var extraInfos: TokenBucket

    init(now: MonotonicTime) {
        logins = TokenBucket(perSecond: 200, burst: 200, now: now)
        broadcasts = TokenBucket(perSecond: 10, burst: 10, now: now)
        barrages = TokenBucket(perSecond: 20, burst: 20, now: now)
        extraInfos = TokenBucket(perSecond: 10, burst: 10, now: now)
    }
}
