import Database
import HTTPTypes
import Records
import Schema
import Values

/// Many operations on one object in one request.
enum BatchAPI {
    private enum Operation: Sendable {
        case create(JSONValue)
        case update(RecordID, JSONValue, version: Int64?)
        case delete(RecordID, version: Int64?)
    }

    static func run(_ call: Call) async throws -> Reply {
        let input = try call.json()
        try Members.check(input, allowed: ["atomic", "operations"])
        let isAtomic = try Members.flag(input, "atomic") ?? true
        guard let items = input["operations"]?.array else {
            throw Problem.invalid(
                "operations",
                "required",
                Label("«operations» must be a list.", zh: "operations 必须是列表。")
            )
        }
        guard items.count <= 1000 else {
            throw Problem(
                .tooLarge,
                "too_many_operations",
                Label("A batch has at most 1,000 operations.", zh: "一次批量操作最多 1,000 条。")
            )
        }
        let operations = try items.enumerated().map { try operation($1, at: $0) }
        let (plural, language) = (call.parameter("plural"), call.language)
        return try await call.write { session in
            let object = try session.object(plural)
            return try Reply.object { json in
                json.key("results")
                try json.array { json in
                    for (index, operation) in operations.enumerated() {
                        if isAtomic {
                            let done = try placed(index) { try perform(operation, object, session) }
                            write(done, to: &json)
                        } else {
                            try write(operation, object, session, language, to: &json)
                        }
                    }
                }
            }
        }
    }

    /// One operation that may fail alone.
    private static func write(
        _ operation: Operation,
        _ object: ObjectDefinition,
        _ session: WriteSession,
        _ language: Language,
        to json: inout JSONWriter
    ) throws {
        do {
            let done = try session.part { try perform(operation, object, session) }
            write(done, to: &json)
        } catch {
            let problem = ErrorReply.problem(error)
            // A fault of the machine concerns all of them.
            if problem.kind == .failure || problem.kind == .unavailable { throw error }
            json.object { json in
                json.member("status", Int64(problem.kind.rawValue))
                json.key("error")
                ErrorReply.write(problem, language, id: nil, to: &json)
            }
        }
    }

    private static func write(_ done: (status: Int64, id: RecordID, version: Int64?), to json: inout JSONWriter) {
        json.object { json in
            json.member("status", done.status)
            json.key("id")
            json.id(done.id)
            if let version = done.version { json.member("version", version) }
        }
    }

    private static func perform(
        _ operation: Operation,
        _ object: ObjectDefinition,
        _ session: WriteSession
    ) throws -> (status: Int64, id: RecordID, version: Int64?) {
        switch operation {
        case .create(let data):
            let record = try session.create(object, data)
            return (201, record.id, record.version)
        case .update(let id, let data, let version):
            let record = try session.update(object, id, data, version: version)
            return (200, record.id, record.version)
        case .delete(let id, let version):
            try session.delete(object, id, version: version)
            return (204, id, nil)
        }
    }

    private static func operation(_ value: JSONValue, at index: Int) throws -> Operation {
        try placed(index) {
            try Members.check(value, allowed: ["op", "id", "data", "version"])
            let version = try Members.integer(value, "version")
            switch value["op"]?.string {
            case "create": return .create(value["data"] ?? .object([]))
            case "update":
                return .update(try Members.id(value, "id"), value["data"] ?? .object([]), version: version)
            case "delete": return .delete(try Members.id(value, "id"), version: version)
            default:
                throw Problem.invalid(
                    "op",
                    "unknown_choice",
                    Label("«op» must be create, update or delete.", zh: "op 只能是 create、update 或 delete。")
                )
            }
        }
    }

    /// Names the operation that a problem is about.
    private static func placed<Result>(_ index: Int, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch {
            var problem = ErrorReply.problem(error)
            if problem.kind == .failure { throw error }
            let place = "operations[\(index)]"
            if problem.fields.isEmpty {
                problem.fields = [FieldProblem(place, problem.code, problem.message)]
            } else {
                problem.fields = problem.fields.map { field in
                    FieldProblem(field.field.isEmpty ? place : "\(place).\(field.field)", field.code, field.message)
                }
            }
            throw problem
        }
    }
}
