import HTTPTypes

/// Every address of the server.
enum Routes {
    /// All of them; words are preferred to `{names}`, whatever the order.
    static let all: [Route] =
        health + session + people + schema + workspace + webhooks + exchange + files + privacy + records
        + PageRoutes.all

    /// What is answered beside work that is no serving.
    static let figures = health.filter { ["/healthz", "/metrics"].contains($0.pattern) }

    private static let health: [Route] = [
        open(.get, "/healthz", .health, HealthAPI.alive),
        open(.get, "/readyz", .ready, HealthAPI.ready),
        open(.get, "/metrics", .metrics, HealthAPI.metrics),
        open(.get, "/openapi.json", .description, DescriptionAPI.openAPI),
        open(.get, "/api/v1/openapi.json", .description, DescriptionAPI.openAPI),
    ]

    private static let session: [Route] = [
        open(.post, "/api/v1/session", .logIn, SessionAPI.logIn),
        route(.get, "/api/v1/session", .session, SessionAPI.show),
        route(.delete, "/api/v1/session", .logOut, SessionAPI.logOut),
        open(.get, "/api/v1/links/{token}", .link, SessionAPI.link),
        open(.post, "/api/v1/links/{token}", .useLink, SessionAPI.useLink),
        route(.get, "/api/v1/me", .me, MeAPI.show),
        route(.patch, "/api/v1/me", .changeMe, MeAPI.change),
        route(.post, "/api/v1/me/second-factor", .beginSecondFactor, MeAPI.beginSecondFactor),
        route(.post, "/api/v1/me/second-factor/confirm", .confirmSecondFactor, MeAPI.confirmSecondFactor),
        route(.post, "/api/v1/me/second-factor/remove", .removeSecondFactor, MeAPI.removeSecondFactor),
        route(.get, "/api/v1/sessions", .sessions, SessionAPI.list),
        route(.delete, "/api/v1/sessions/{id}", .endSession, SessionAPI.end),
        route(.post, "/api/v1/sessions/sign-out-everywhere", .signOutEverywhere, SessionAPI.signOutEverywhere),
        route(.get, "/api/v1/log-ins", .logIns, SessionAPI.history),
        route(.get, "/api/v1/api-keys", .keys, KeysAPI.list),
        route(.post, "/api/v1/api-keys", .addKey, KeysAPI.add),
        route(.delete, "/api/v1/api-keys/{id}", .revokeKey, KeysAPI.revoke),
    ]

    private static let people: [Route] = [
        route(.get, "/api/v1/users", .users, UsersAPI.list),
        route(.post, "/api/v1/users", .addUser, UsersAPI.add),
        route(.get, "/api/v1/users/{id}", .user, UsersAPI.show),
        route(.patch, "/api/v1/users/{id}", .changeUser, UsersAPI.change),
        route(.post, "/api/v1/users/{id}/disable", .disableUser, UsersAPI.disable),
        route(.post, "/api/v1/users/{id}/enable", .enableUser, UsersAPI.enable),
        route(.post, "/api/v1/users/{id}/link", .linkUser, UsersAPI.link),
        route(.post, "/api/v1/users/{id}/reset-second-factor", .resetSecondFactor, UsersAPI.resetSecondFactor),
        route(.post, "/api/v1/users/{id}/hand-over", .handOver, UsersAPI.handOver),
        route(.get, "/api/v1/teams", .teams, TeamsAPI.list),
        route(.post, "/api/v1/teams", .addTeam, TeamsAPI.add),
        route(.patch, "/api/v1/teams/{id}", .changeTeam, TeamsAPI.change),
        route(.delete, "/api/v1/teams/{id}", .deleteTeam, TeamsAPI.delete),
        route(.get, "/api/v1/roles", .roles, RolesAPI.list),
        route(.post, "/api/v1/roles", .addRole, RolesAPI.add),
        route(.patch, "/api/v1/roles/{id}", .changeRole, RolesAPI.change),
        route(.delete, "/api/v1/roles/{id}", .deleteRole, RolesAPI.delete),
    ]

    private static let schema: [Route] = [
        route(.get, "/api/v1/schema", .schema, SchemaAPI.show),
        route(.get, "/api/v1/schema/removed", .removed, SchemaAPI.removed),
        route(.post, "/api/v1/schema/objects", .addObject, SchemaAPI.addObject),
        route(.patch, "/api/v1/schema/objects/{object}", .changeObject, SchemaAPI.changeObject),
        route(.delete, "/api/v1/schema/objects/{object}", .removeObject, SchemaAPI.removeObject),
        route(.post, "/api/v1/schema/objects/{object}/restore", .restoreObject, SchemaAPI.restoreObject),
        route(.post, "/api/v1/schema/objects/{object}/fields", .addField, SchemaAPI.addField),
        route(.patch, "/api/v1/schema/objects/{object}/fields/{field}", .changeField, SchemaAPI.changeField),
        route(.delete, "/api/v1/schema/objects/{object}/fields/{field}", .removeField, SchemaAPI.removeField),
        route(.post, "/api/v1/schema/objects/{object}/fields/{field}/restore", .restoreField, SchemaAPI.restoreField),
        route(
            .delete,
            "/api/v1/schema/objects/{object}/fields/{field}/choices/{choice}",
            .removeChoice,
            SchemaAPI.removeChoice
        ),
    ]

    private static let workspace: [Route] = [
        route(.get, "/api/v1/search", .search, SearchAPI.search).lagging,
        route(.get, "/api/v1/audit", .audit, AuditAPI.list).lagging,
        route(.get, "/api/v1/alerts", .alerts, AlertsAPI.list),
        route(.post, "/api/v1/alerts/{id}/seen", .seeAlert, AlertsAPI.see),
        route(.get, "/api/v1/settings", .settings, SettingsAPI.show),
        route(.patch, "/api/v1/settings", .changeSettings, SettingsAPI.change),
        route(.get, "/api/v1/rates", .rates, SettingsAPI.rates),
        route(.post, "/api/v1/rates", .setRate, SettingsAPI.setRate),
        route(.get, "/api/v1/jobs", .jobs, JobsAPI.list),
        route(.get, "/api/v1/jobs/plans", .jobPlans, JobsAPI.plans),
        route(.post, "/api/v1/jobs/{id}/again", .repeatJob, JobsAPI.again),
        route(.get, "/api/v1/reports/pipeline", .pipeline, ReportsAPI.pipeline).lagging,
    ]

    private static let webhooks: [Route] = [
        route(.get, "/api/v1/webhooks", .webhooks, WebhooksAPI.list),
        route(.post, "/api/v1/webhooks", .addWebhook, WebhooksAPI.add),
        route(.get, "/api/v1/webhooks/{id}", .oneWebhook, WebhooksAPI.one),
        route(.patch, "/api/v1/webhooks/{id}", .changeWebhook, WebhooksAPI.change),
        route(.delete, "/api/v1/webhooks/{id}", .removeWebhook, WebhooksAPI.remove),
        route(.post, "/api/v1/webhooks/{id}/rotate", .rotateWebhook, WebhooksAPI.rotate),
        route(.post, "/api/v1/webhooks/{id}/test", .testWebhook, WebhooksAPI.test),
        route(.post, "/api/v1/webhooks/{id}/replay", .replayFailed, WebhooksAPI.replayFailed),
        route(.get, "/api/v1/webhooks/{id}/deliveries", .deliveries, WebhooksAPI.deliveries),
        route(.get, "/api/v1/webhooks/{id}/deliveries/{delivery}", .oneDelivery, WebhooksAPI.delivery),
        route(.post, "/api/v1/webhooks/{id}/deliveries/{delivery}/replay", .replayDelivery, WebhooksAPI.replay),
    ]

    private static let exchange: [Route] = [
        Route(.post, "/api/v1/imports", intake: .upload, operation: .startImport, handler: ImportsAPI.start),
        route(.get, "/api/v1/imports", .imports, ImportsAPI.list),
        route(.get, "/api/v1/imports/{id}", .importStatus, ImportsAPI.one),
        route(.get, "/api/v1/imports/{id}/errors", .importErrors, ImportsAPI.errors),
        route(.post, "/api/v1/imports/{id}/cancel", .cancelImport, ImportsAPI.cancel),
        route(.post, "/api/v1/imports/{id}/resume", .resumeImport, ImportsAPI.resume),
        route(.post, "/api/v1/imports/{id}/undo", .undoImport, ImportsAPI.undo),
        route(.get, "/api/v1/imports/{id}/spared", .sparedRecords, ImportsAPI.spared),
        route(.get, "/api/v1/imports/{id}/duplicates", .likelyRows, ImportsAPI.likely),
        route(.get, "/api/v1/{plural}/export", .export, ExportAPI.export).lagging,
    ]

    private static let files: [Route] = [
        Route(.post, "/api/v1/files", intake: .upload, operation: .uploadFile, handler: FilesAPI.upload),
        route(.get, "/api/v1/files/{id}", .file, FilesAPI.content),
        route(.delete, "/api/v1/files/{id}", .deleteFile, FilesAPI.delete),
        route(.get, "/api/v1/files/{id}/info", .fileInfo, FilesAPI.show),
        route(.get, "/api/v1/files/{id}/thumbnail", .fileThumbnail, FilesAPI.thumbnail),
        route(.post, "/api/v1/files/{id}/restore", .restoreFile, FilesAPI.restore),
        route(.get, "/api/v1/{plural}/{id}/files", .recordFiles, FilesAPI.list),
        route(.post, "/api/v1/{plural}/{id}/files", .attachFile, FilesAPI.attach),
    ]

    private static let privacy: [Route] = [
        route(.get, "/api/v1/{plural}/{id}/erase", .erasePreview, PrivacyAPI.preview),
        route(.post, "/api/v1/{plural}/{id}/erase", .erase, PrivacyAPI.erase),
        route(.get, "/api/v1/{plural}/{id}/held", .held, PrivacyAPI.held),
        route(.get, "/api/v1/users/{id}/held", .heldOfUser, PrivacyAPI.heldOfUser),
        route(.post, "/api/v1/users/{id}/erase", .eraseUser, PrivacyAPI.eraseUser),
        route(.get, "/api/v1/retention", .retentionRules, PrivacyAPI.rules),
        route(.post, "/api/v1/retention", .addRetention, PrivacyAPI.add),
        route(.post, "/api/v1/retention/preview", .dueRetention, PrivacyAPI.due),
        route(.patch, "/api/v1/retention/{id}", .changeRetention, PrivacyAPI.change),
        route(.delete, "/api/v1/retention/{id}", .removeRetention, PrivacyAPI.remove),
    ]

    private static let records: [Route] = [
        route(.get, "/api/v1/{plural}", .list, RecordsAPI.list).lagging,
        route(.post, "/api/v1/{plural}", .create, RecordsAPI.create),
        route(.post, "/api/v1/{plural}/batch", .batch, BatchAPI.run, upTo: 8_000_000),
        route(.post, "/api/v1/{plural}/update-all", .updateAll, BulkAPI.update),
        route(.post, "/api/v1/{plural}/delete-all", .deleteAll, BulkAPI.delete),
        route(.post, "/api/v1/{plural}/bulk", .startBulk, BulkRunsAPI.start),
        route(.get, "/api/v1/bulk/{id}", .bulkRun, BulkRunsAPI.one),
        route(.post, "/api/v1/bulk/{id}/undo", .undoBulk, BulkRunsAPI.undo),
        route(.get, "/api/v1/{plural}/views", .views, SavedViewsAPI.list),
        route(.post, "/api/v1/{plural}/views", .addView, SavedViewsAPI.add),
        route(.patch, "/api/v1/{plural}/views/{view}", .changeView, SavedViewsAPI.change),
        route(.delete, "/api/v1/{plural}/views/{view}", .deleteView, SavedViewsAPI.delete),
        route(.get, "/api/v1/{plural}/duplicates", .duplicates, DuplicatesAPI.list),
        route(.post, "/api/v1/{plural}/duplicates", .checkDuplicates, DuplicatesAPI.check),
        route(.get, "/api/v1/{plural}/duplicates/runs", .duplicateRuns, DuplicatesAPI.runs),
        route(.post, "/api/v1/{plural}/duplicates/runs", .findDuplicates, DuplicatesAPI.run),
        route(.post, "/api/v1/{plural}/duplicates/decide", .decideDuplicates, DuplicatesAPI.decide),
        route(.get, "/api/v1/{plural}/duplicates/rules", .duplicateRules, DuplicatesAPI.rules),
        route(.put, "/api/v1/{plural}/duplicates/rules", .setDuplicateRules, DuplicatesAPI.setRules),
        route(.get, "/api/v1/{plural}/{id}", .one, RecordsAPI.one),
        route(.patch, "/api/v1/{plural}/{id}", .update, RecordsAPI.update),
        route(.delete, "/api/v1/{plural}/{id}", .delete, RecordsAPI.delete),
        route(.post, "/api/v1/{plural}/{id}/restore", .restore, RecordsAPI.restore),
        route(.get, "/api/v1/{plural}/{id}/timeline", .timeline, ViewsAPI.timeline).lagging,
        route(.get, "/api/v1/{plural}/{id}/history", .history, SharingAPI.history).lagging,
        route(.get, "/api/v1/{plural}/{id}/access", .access, SharingAPI.access),
        route(.get, "/api/v1/{plural}/{id}/duplicates", .duplicatesOf, DuplicatesAPI.ofRecord),
        route(.get, "/api/v1/{plural}/{id}/merges", .merges, DuplicatesAPI.merges),
        route(.get, "/api/v1/{plural}/{id}/shares", .shares, SharingAPI.list),
        route(.post, "/api/v1/{plural}/{id}/shares", .share, SharingAPI.add),
        route(.delete, "/api/v1/{plural}/{id}/shares/{share}", .unshare, SharingAPI.remove),
        route(.post, "/api/v1/{plural}/{id}/{action}", .action, RecordsAPI.act),
    ]

    private static func route(
        _ method: HTTPRequest.Method,
        _ pattern: String,
        _ operation: Operation,
        _ handler: @escaping Route.Handler,
        upTo limit: Int = 1_000_000
    ) -> Route {
        let takesBody = method == .post || method == .patch || method == .put
        let intake: Route.Intake = takesBody ? .json(limit) : .nothing
        return Route(method, pattern, intake: intake, operation: operation, handler: handler)
    }

    private static func open(
        _ method: HTTPRequest.Method,
        _ pattern: String,
        _ operation: Operation,
        _ handler: @escaping Route.Handler
    ) -> Route {
        let intake: Route.Intake = method == .post ? .json(100_000) : .nothing
        return Route(method, pattern, audience: .anyone, intake: intake, operation: operation, handler: handler)
    }
}
