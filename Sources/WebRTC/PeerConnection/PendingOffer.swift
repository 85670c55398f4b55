/// An offer of ours that waits for its answer.
struct PendingOffer {
    let description: SessionDescription
    /// What each section is to become if the answer agrees.
    let uses: [SectionUse]
}
