import Pages
import Records
import Schema
import Values

/// The words of the audit log: what was done, to what, and what its values are called.
enum AuditWords {
    /// The actions that people look for, in order.
    static let actions: [(String, Label)] = [
        ("create", Label("Created", zh: "新建")), ("update", Label("Changed", zh: "修改")),
        ("delete", Label("Deleted", zh: "删除")), ("restore", Label("Restored", zh: "恢复")),
        ("purge", Label("Deleted for ever", zh: "彻底删除")), ("export", Label("Exported", zh: "导出")),
        ("import", Label("Imported", zh: "导入")), ("hand_over", Label("Handed over", zh: "离职交接")),
        ("share", Label("Shared", zh: "共享")), ("unshare", Label("No longer shared", zh: "取消共享")),
        ("schema", Label("Objects and fields changed", zh: "修改对象与字段")),
        ("settings", Label("Settings changed", zh: "修改系统设置")), ("log_in", Label("Logged in", zh: "登录")),
        ("sign_out", Label("Signed out", zh: "退出登录")),
        ("sign_out_everywhere", Label("Signed out everywhere", zh: "强制下线")),
        ("invite", Label("Invited", zh: "邀请成员")), ("reset_link", Label("Password link made", zh: "生成重设密码链接")),
        ("password_set", Label("Password set", zh: "设置密码")), ("enable", Label("Enabled", zh: "启用")),
        ("disable", Label("Disabled", zh: "停用")), ("revoke", Label("Revoked", zh: "吊销")),
        ("second_factor_on", Label("Second factor on", zh: "开启两步验证")),
        ("attach", Label("File added", zh: "添加附件")), ("detach", Label("File deleted", zh: "删除附件")),
        ("erase", Label("Person erased", zh: "抹除个人信息")), ("held", Label("Personal data given out", zh: "导出个人信息")),
        ("retention", Label("Time of keeping set", zh: "设置保留期限")),
        ("cost_warnings", Label("Warned of costs", zh: "发出成本预警")),
        ("second_factor_off", Label("Second factor off", zh: "关闭两步验证")),
        ("rotate", Label("New secret", zh: "更换密钥")), ("replay", Label("Sent again", zh: "重新投递")),
        ("test", Label("Test sent", zh: "发送测试")), ("webhook_off", Label("Webhook switched off", zh: "停用 Webhook")),
        ("alert", AlertWords.alerts), ("alert_seen", Label("Alert seen", zh: "查看安全提醒")),
        ("merge", Label("Merged", zh: "合并")), ("unmerge", Label("Merge undone", zh: "撤销合并")),
        ("import_undo", Label("Import undone", zh: "撤销导入")), ("load", Label("Loaded", zh: "批量载入")),
        ("duplicate_run", Label("Searched for duplicates", zh: "查重")),
        ("duplicate_decision", Label("Duplicates decided", zh: "处理重复记录")),
        ("duplicate_rules", Label("Duplicate rules changed", zh: "修改查重规则")),
        ("recovery_codes_made", Label("Recovery codes made", zh: "生成恢复代码")),
        ("recovery_code_used", Label("Recovery code used", zh: "使用恢复代码")),
    ]

    /// What was done, in words.
    static func action(_ name: String) -> Label {
        actions.first { $0.0 == name }?.1 ?? Label(name, zh: name)
    }

    /// Who did it: the name of a person, or what of the program it was.
    static func actor(_ entry: Records.AuditRow, _ context: PageContext) -> String {
        entry.actor == nil ? parts[entry.actorName].map { context($0) } ?? entry.actorName : entry.actorName
    }

    /// The parts of the program that write of themselves.
    private static let parts: [String: Label] = [
        "alerts": AlertWords.alerts, "command line": Label("Command line", zh: "命令行"),
        "costing": Label("Cost run", zh: "成本核算"), "demo": Label("Sample data", zh: "示例数据"),
        "duplicates": Label("Search for duplicates", zh: "查重"), "engine": Label("Kehu", zh: "系统"),
        "erasures": Label("Personal data", zh: "个人信息"), "import": Label("Import", zh: "导入"),
        "privacy": Label("Personal data", zh: "个人信息"), "recycle bin": Label("Recycle bin", zh: "回收站"),
        "retention": Label("Time of keeping", zh: "保留期限"), "setup": Label("Set up", zh: "初始设置"),
        "webhooks": WebhookWords.webhook,
    ]

    static let subjects: [String: Label] = [
        "sys_user": AdminTexts.users, "sys_team": AdminTexts.teams, "sys_role": AdminTexts.roles,
        "sys_session": Label("Session", zh: "登录会话"), "sys_api_key": Label("API key", zh: "API 密钥"),
        "sys_webhook": WebhookWords.webhook,
    ]

    /// What a value of an entry is called: a person's language is not that of new people.
    static func member(_ key: String, of entry: Records.AuditRow) -> Label? {
        key == "language" && entry.object == "sys_user" ? FrameTexts.language : members[key]
    }

    private static let members: [String: Label] = [
        "name": Words.name, "email": AccountTexts.email, "team": AdminTexts.team, "roles": AdminTexts.userRoles,
        "state": Words.state, "format": Label("Format", zh: "格式"), "count": Label("Count", zh: "数量"),
        "file": ImportTexts.file, "mode": ImportTexts.mode, "created": ImportTexts.created,
        "updated": ImportTexts.updated, "skipped": ImportTexts.skipped, "failed": ImportTexts.rejected,
        "filter": Label("Filter", zh: "筛选条件"), "from": Label("From", zh: "原负责人"), "to": Label("To", zh: "新负责人"),
        "company_name": AdminWords.company, "base_currency": AdminWords.currency, "time_zone": AdminWords.timeZone,
        "language": AdminWords.language, "country": AdminWords.country, "user": Label("User", zh: "成员"),
        "address": AdminWords.address,
        "device": AdminWords.device, "kind": AlertWords.kind, "night_from": AlertWords.nightFrom,
        "night_to": AlertWords.nightTo, "export_alert_rows": AlertWords.rows, "export_alert_times": AlertWords.times,
        "export_alert_factor": AlertWords.factor, "events": WebhookWords.events, "fields": WebhookWords.fields,
        "active": Words.active, "rows": Label("Records", zh: "记录数"), "customers": Label("Customers", zh: "客户数"),
        "reason": WebhookWords.reason,
        "webhook_private_addresses": WebhookWords.receivers,
    ]
}
