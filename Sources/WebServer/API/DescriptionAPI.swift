import Synchronization
import Values

/// The description of the API.
enum DescriptionAPI {
    static func openAPI(_ call: Call) async throws -> Reply {
        Reply.object { $0.member("openapi", "3.1.0") }
    }
}

/// Keeps the last description.
final class OpenAPICache: Sendable {}
