public import Values

/// What is wrong with a value.
public struct ValueFailure: Error, Sendable {
    /// code
    public var code: String
    /// message
    public var message: Label
    /// init
    public init(_ code: String, _ message: Label) { self.code = code; self.message = message }
}
enum PhoneNumber { static func normalised(_ t: String) throws(ValueFailure) -> String { t } }
enum EmailAddress { static func normalised(_ t: String) throws(ValueFailure) -> String { Fold.fold(t) } }
enum WebAddress { static func normalised(_ t: String) throws(ValueFailure) -> String { t } }
