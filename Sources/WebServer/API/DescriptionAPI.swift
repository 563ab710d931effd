import Identity
import Records
import Schema
import Values

/// The description of the API.
enum DescriptionAPI {
    /// Who is logged in sees the objects and fields of the workspace that they may know; everybody else what every
    /// workspace has.
    static func openAPI(_ call: Call) async throws -> Reply {
        let engine = call.engine
        let (schema, rights): (SchemaSnapshot, Rights)
        if let actor = call.caller.actor {
            (schema, rights) = (try await call.read { $0.schema }, actor.rights)
        } else {
            (schema, rights) = (SchemaSnapshot(version: 0, objects: engine.modules.flatMap(\.objects)), .all)
        }
        let version = call.server.settings.version
        return .json(
            OpenAPIDocument(
                schema: schema,
                rights: rights,
                actions: { engine.actions(of: $0) },
                version: version,
                views: Set(call.workspace.views.values.map(\.object)),
                features: call.workspace.features.routes.map(\.route)
            ).bytes()
        )
    }
}

extension WebServer {
    /// The description of a workspace's API as an administrator sees it.
    public static func describe(_ workspace: Workspace, version: String) -> [UInt8] {
        let engine = workspace.engine
        return OpenAPIDocument(
            schema: engine.schema,
            rights: .all,
            actions: { engine.actions(of: $0) },
            version: version,
            views: Set(workspace.views.values.map(\.object)),
            features: workspace.features.routes.map(\.route)
        ).bytes()
    }
}
