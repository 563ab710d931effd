import HTTPTypes
import Pages

extension PageRoutes {
    /// Files that come in and go out.
    static let exchange: [Route] = [
        get(Addresses.imports, ImportHandlers.history),
        get(Addresses.imports + "/new", ImportHandlers.new),
        Route(.post, Addresses.imports, intake: .upload, handler: { try await ImportHandlers.receive(PageCall($0)) }),
        get(Addresses.imports + "/drafts/{draft}", MappingHandlers.show),
        post(Addresses.imports + "/drafts/{draft}", MappingHandlers.start),
        get(Addresses.imports + "/{id}", ImportHandlers.show),
        post(Addresses.imports + "/{id}/run", ImportHandlers.runTried),
        post(Addresses.imports + "/{id}/cancel", ImportHandlers.cancel),
        post(Addresses.imports + "/{id}/undo", ImportHandlers.undo),
        get(Addresses.imports + "/{id}/errors", ImportHandlers.errors),
        get("/{plural}/template", ImportHandlers.template),
        list("/{plural}/export", ExportHandlers.show),
    ]
}
