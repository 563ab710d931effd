import Records
import Values

/// Figures over many records, of those that the caller may see.
enum ReportsAPI {
    static func pipeline(_ call: Call) async throws -> Reply {
        guard let report = call.workspace.reports["pipeline"] else { throw Problem.noSuchAddress }
        return try await call.read { session in
            let lines = try report(session)
            return Reply.object { json in
                json.key("data")
                json.value(lines)
            }
        }
    }
}
