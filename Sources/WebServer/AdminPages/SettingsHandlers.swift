import Database
import HTTPTypes
import Identity
import Pages
import Records
import SQLText
import Schema
import Values

/// The entrance to the administration, and the settings of the workspace.
enum SettingsHandlers {
    static let address = Addresses.settings + "/workspace"
    static let rates = Addresses.settings + "/rates"

    /// Throws what becomes a 403 page unless the person may open some part of the administration.
    static func index(_ page: PageCall) async throws -> Reply {
        let rights = try page.actor.rights
        var parts: [SettingsPage.Part] = []
        if rights.allows(.users) { parts += [.users, .teams, .roles] }
        if rights.allows(.schema) { parts.append(.objects) }
        if rights.allows(.audit) { parts.append(.audit) }
        guard !parts.isEmpty || rights.allows(.settings) || rights.allows(.privacy) else {
            throw Problem.forbidden(
                Label("You may not change the settings of this workspace.", zh: "您没有系统设置的权限。")
            )
        }
        parts.append(.bin)
        if rights.everything || rights.objects.values.contains(where: \.importing) { parts.append(.imports) }
        var more: [AdminTile] = []
        if rights.allows(.schema) {
            let rules = DuplicateRuleHandlers.address("customer")
            more.append(AdminTile(rules, "copy", DuplicateTexts.rules, DuplicateTexts.rulesPurpose))
            more.append(AdminTile(PipelineHandlers.address, "columns", PipelineTexts.title, PipelineTexts.text))
        }
        if rights.allows(.settings) {
            more.append(AdminTile(address, "settings", AdminWords.workspace, AdminWords.workspaceText))
            more.append(AdminTile(SetupHandlers.address, "check", SetupWords.title, SetupWords.text))
            more.append(AdminTile(WorkingDayHandlers.address, "calendar", DayWords.title, DayWords.text))
            more.append(AdminTile(Addresses.webhooks, "export", WebhookWords.webhooks, WebhookWords.webhooksText))
            more.append(AdminTile(BackupHandlers.address, "file", BackupWords.title, BackupWords.text))
            more.append(AdminTile(Addresses.jobs, "history", JobWords.jobs, JobWords.jobsText))
        }
        if rights.allows(.privacy) {
            more.append(AdminTile(Addresses.privacy, "role", PrivacyWords.title, PrivacyWords.titleText))
        }
        if rights.allows(.audit) {
            more.append(AdminTile(AlertHandlers.address, "warning", AlertWords.alerts, AlertWords.alertsText))
        }
        if rights.allows(.users) {
            more.append(AdminTile(KeyHandlers.address, "key", AccountTexts.keys, KeyWords.text))
        }
        if rights.allows(.users) || rights.allows(.audit) {
            more.append(AdminTile(LogInHandlers.address, "key", AdminWords.logIns, AdminWords.logInsText))
        }
        let html = SettingsPage.html(parts, more: AdminTile.items(more, in: page.context), in: page.context)
        let body = PageBody(page.context(Words.settings), html, current: Addresses.settings)
        return try await page.html(page.withBar(body))
    }

    static func workspace(_ page: PageCall) async throws -> Reply { try await workspace(page, nil) }

    private static func workspace(_ page: PageCall, _ problem: Problem?) async throws -> Reply {
        try page.actor.require(.settings)
        let errors = problem.map {
            FormErrors(
                $0,
                known: Set(WorkspaceSettings.keys + ["currency", "day", "rate"]),
                in: page.context
            )
        }
        let status = problem.map { HTTPResponse.Status(code: $0.kind.rawValue) } ?? .ok
        return try await page.show(status: status) { session in
            var model = WorkspaceModel(values: try WorkspaceSettings.read(session))
            model.rates = try session.connection.rows(
                "SELECT currency, day, rate FROM sys_rate ORDER BY day DESC, currency LIMIT 500"
            ).map { (currency: $0.text(0), day: $0.text(1), rate: WorkspaceSettings.shown($0.integer(2))) }
            model.draft = page.form.draft
            model.errors = errors?.byControl ?? [:]
            let title = page.context(AdminWords.workspace)
            return PageBody(
                title,
                WorkspacePage.html(model, in: page.context),
                current: Addresses.settings,
                crumbs: [AdminCrumbs.settings(page)],
                flash: errors?.flash
            )
        }
    }

    static func change(_ page: PageCall) async throws -> Reply {
        try page.actor.require(.settings)
        let values = WorkspaceSettings.keys.compactMap { key in page.form[key] != nil ? (key, page.form.text(key)) : nil
        }
        do {
            try await page.write { session in try WorkspaceSettings.change(values, session) }
        } catch let problem as Problem where problem.isAboutInput {
            return try await workspace(page, problem)
        }
        return page.go(to: address, .ok, AdminWords.saved)
    }

    static func setRate(_ page: PageCall) async throws -> Reply {
        try page.actor.require(.settings)
        let (currency, day, rate) = (page.form.text("currency"), page.form.text("day"), page.form.text("rate"))
        do {
            let checked = try WorkspaceSettings.rate(currency.uppercased(), day, rate)
            try await page.write { session in try WorkspaceSettings.set(checked, session) }
        } catch let problem as Problem where problem.isAboutInput {
            return try await workspace(page, problem)
        }
        return page.go(to: address, .ok, AdminWords.saved)
    }
}

/// The ways back from the pages of the administration.
enum AdminCrumbs {
    static func settings(_ page: PageCall) -> Crumb { Crumb(page.context(Words.settings), Addresses.settings) }

    static func users(_ page: PageCall) -> Crumb { Crumb(page.context(AdminTexts.users), Addresses.users) }

    static func roles(_ page: PageCall) -> Crumb { Crumb(page.context(AdminTexts.roles), Addresses.roles) }

    static func objects(_ page: PageCall) -> Crumb { Crumb(page.context(AdminTexts.objects), Addresses.objects) }
}
