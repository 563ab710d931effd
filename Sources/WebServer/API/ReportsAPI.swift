import Records
import Values

/// Figures over many records.
enum ReportsAPI {
    /// Count and sum of opportunities by stage, of those that the caller may see.
    static func pipeline(_ call: Call) async throws -> Reply {
        throw Problem.noSuchAddress
    }
}
