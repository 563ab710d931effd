public import Database
public import SQLText
public import Values

public struct SearchEntry: Sendable {
    public var names: [String] = []; public var texts: [String] = []; public var phones: [String] = []; public init() {}
}
public enum SearchIndex {
    public static func createTable(_ o: String, on c: Connection) throws {}
    public static func put(_ e: SearchEntry, object: String, id: RecordID, on c: Connection) throws {}
    public static func remove(_ o: String, _ id: RecordID, on c: Connection) throws {}
}
public struct SearchQuery: Sendable {
    public static func parse(_ t: String) -> SearchQuery? { nil }
    public func ids(of object: String) -> SQLFragment { "0" }
}
public enum SortKey { public static func of(_ t: String) -> String { Fold.fold(t) } }
