/// What becomes of a file that is already there under the name of one that is to be made.
package enum ExistingFile: Sendable, Equatable {
    /// It stays, and the call is refused.
    case refuse
    /// It goes; who has it open keeps it.
    case replace
    /// It stays, and the new one gets the next free number: `call-2.ogg` beside `call.ogg`.
    case number
}
