public import Records
import Schema
public import Values

/// What a feature shows of one record beyond its fields, such as the timeline of a customer.
public struct RecordView: Sendable {
    /// What is asked for.
    public struct Request: Sendable {
        /// The record.
        public let id: RecordID
        /// How many entries at most, 1 to 200.
        public let limit: Int
        /// Where the page before ended.
        public let cursor: String?
        /// The language of texts.
        public let language: Language
    }

    /// Answers entries as JSON and where the next page begins.
    public typealias Run = @Sendable (Request, ReadSession) throws -> (entries: [JSONValue], next: String?)

    /// The key of the object.
    public let object: String
    /// Reads the entries.
    public let run: Run

    /// A view of the records of an object.
    public init(object: String, run: @escaping Run) {
        self.object = object
        self.run = run
    }
}

enum ViewsAPI {
    static func timeline(_ call: Call) async throws -> Reply {
        try call.query.allow(["limit", "cursor"])
        let request = RecordView.Request(
            id: try call.recordID(),
            limit: Int(try call.query.integer("limit", 1...200, preset: 50)),
            cursor: call.query["cursor"],
            language: call.language
        )
        let (plural, views) = (call.parameter("plural"), call.workspace.views)
        return try await call.read { session in
            let object = try session.object(plural)
            guard let view = views["timeline"], view.object == object.key else { throw Problem.noSuchAddress }
            let page = try view.run(request, session)
            return Reply.list(page.entries, next: page.next) { $1.value($0) }
        }
    }
}
