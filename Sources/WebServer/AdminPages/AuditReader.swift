import Database
import HTTPTypes
import Identity
import Pages
import Records
import SQLText
import Schema
import Values

/// Turns entries of the audit log into words.
struct AuditReader {
    private let session: ReadSession
    private let context: PageContext
    /// The names of the records of the entries, by object, as far as the person may read them.
    private let records: [String: [RecordID: String]]
    /// The names of the people and teams that the changes name.
    private let people: [RecordID: String]

    /// A reader of these entries: what they name is looked up at once for all of them.
    init(_ entries: [Records.AuditRow], session: ReadSession, context: PageContext) throws {
        self.session = session
        self.context = context
        let touched = Dictionary(grouping: entries.filter { $0.record != nil }, by: { $0.object ?? "" })
        records = try touched.reduce(into: [:]) { names, group in
            names[group.key] = try session.names(of: group.key, Set(group.value.compactMap(\.record)))
        }
        let changes = entries.compactMap { $0.changes.flatMap { try? JSONReader.parse($0) } }
        let ids = Set(changes.flatMap(Self.ids)).sorted().prefix(1000).map { SQLValue.integer($0.raw) }
        let found =
            ids.isEmpty
            ? []
            : try session.connection.rows(
                """
                SELECT id, name FROM sys_user WHERE id IN \(list: ids)
                UNION ALL SELECT id, name FROM sys_team WHERE id IN \(list: ids)
                """
            )
        people = Dictionary(found.map { (RecordID($0.integer(0)), $0.text(1)) }) { first, _ in first }
    }

    /// What may be the id of a person or a team.
    private static func ids(_ value: JSONValue) -> [RecordID] {
        switch value {
        case .string(let text): text.utf8.count == 13 ? RecordID(text).map { [$0] } ?? [] : []
        case .array(let items): items.flatMap(ids)
        case .object(let members): members.flatMap { ids($0.value) }
        case .null, .bool, .number: []
        }
    }

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
        ("second_factor_off", Label("Second factor off", zh: "关闭两步验证")),
        ("rotate", Label("New secret", zh: "更换密钥")), ("replay", Label("Sent again", zh: "重新投递")),
        ("test", Label("Test sent", zh: "发送测试")), ("webhook_off", Label("Webhook switched off", zh: "停用 Webhook")),
        ("alert", AlertWords.alerts), ("alert_seen", Label("Alert seen", zh: "查看安全提醒")),
    ]

    private static let subjects: [String: Label] = [
        "sys_user": AdminTexts.users, "sys_team": AdminTexts.teams, "sys_role": AdminTexts.roles,
        "sys_session": Label("Session", zh: "登录会话"), "sys_api_key": Label("API key", zh: "API 密钥"),
        "sys_webhook": WebhookWords.webhook,
    ]

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
        "active": Words.active, "reason": WebhookWords.reason, "webhook_private_addresses": WebhookWords.receivers,
    ]

    /// One row of the page.
    func row(_ entry: Records.AuditRow) -> Pages.AuditRow {
        let object = entry.object.flatMap { session.schema.object($0) }
        return Pages.AuditRow(
            at: entry.at,
            actor: entry.actorName,
            action: action(entry, object),
            record: record(entry, object),
            changes: changes(entry, object),
            origin: origin(entry)
        )
    }

    private func action(_ entry: Records.AuditRow, _ object: ObjectDefinition?) -> String {
        let known = AuditReader.actions.first { $0.0 == entry.action }.map { context($0.1) } ?? entry.action
        let subject = object?.label ?? entry.object.flatMap { AuditReader.subjects[$0] }
        return subject.map { known + " · " + context($0) } ?? known
    }

    private func record(_ entry: Records.AuditRow, _ object: ObjectDefinition?) -> CellValue.Linked? {
        guard let id = entry.record else { return nil }
        if let object {
            if let name = records[object.key]?[id] {
                let href = Addresses.record(object.plural, id.description)
                return .init(name: name.isEmpty ? context(object.label) : name, href: href)
            }
            return .init(name: id.description)
        }
        let name = entry.changes.flatMap { try? JSONReader.parse($0) }?["name"]?.array?.last?.string
        guard let name else { return nil }
        let href = entry.object == "sys_user" && session.actor.rights.allows(.users)
        return .init(name: name, href: href ? Addresses.users + "/" + id.description : nil)
    }

    private func origin(_ entry: Records.AuditRow) -> String {
        let place: Label =
            switch entry.origin.prefix(while: { $0 != ":" }) {
            case "page": Label("Page", zh: "页面")
            case "api": Label("API", zh: "接口")
            case "command": Label("Command line", zh: "命令行")
            case "import": Label("Import", zh: "导入")
            case "rule": Label("Automatic", zh: "自动")
            default: Label(entry.origin, zh: entry.origin)
            }
        return [context(place), entry.address ?? ""].filter { !$0.isEmpty }.joined(separator: " · ")
    }

    // MARK: Changes

    private func changes(_ entry: Records.AuditRow, _ object: ObjectDefinition?) -> [Pages.AuditRow.Change] {
        guard let text = entry.changes, let json = try? JSONReader.parse(text) else { return [] }
        if let items = json.array {
            return items.prefix(5).map { .init(context(AdminTexts.change), before: "", after: shown($0, nil)) }
        }
        let isSystem = object == nil
        let isErasure = entry.action == "erase"
        return (json.members ?? []).filter { !isErasure || $0.key != "sealed" }.prefix(12).compactMap { member in
            let field = object?.field(member.key)
            let name = field?.label ?? AuditReader.members[member.key]
            let label = name.map { context($0) } ?? member.key
            guard let pair = member.value.array, pair.count == 2 else {
                return .init(label, before: "", after: shown(member.value, field))
            }
            if isSystem, member.key == "name", pair[0] == pair[1] { return nil }
            if pair.allSatisfy({ $0.isNull || $0.string == "" }) { return nil }
            // Deleting notes what the record was: the same on both sides.
            if pair[0] == pair[1] { return .init(label, before: shown(pair[0], field), after: "") }
            return .init(label, before: shown(pair[0], field), after: shown(pair[1], field))
        }
    }

    private func shown(_ value: JSONValue, _ field: FieldDefinition?) -> String {
        switch value {
        case .null: return ""
        case .bool(let flag): return context(flag ? Words.yes : Words.no)
        case .number(let text): return text
        case .string(let text):
            if let choice = field?.kind.choices.first(where: { $0.key == text }) { return context(choice.label) }
            return named(text) ?? String(text.prefix(200))
        case .array(let items): return items.prefix(10).map { shown($0, field) }.joined(separator: ", ")
        case .object(let members):
            if let en = value["en"]?.string, let zh = value["zh"]?.string { return context(Label(en, zh: zh)) }
            if let name = value["name"]?.string { return name }
            if let id = value["id"]?.string { return named(id) ?? id }
            if let amount = value["value"]?.string, let currency = value["currency"]?.string {
                return amount + " " + currency
            }
            return members.prefix(6).map { shown($0.value, nil) }.filter { !$0.isEmpty }.joined(separator: " ")
        }
    }

    /// The name of the user or team whose id a text is.
    private func named(_ text: String) -> String? {
        text.utf8.count == 13 ? RecordID(text).flatMap { people[$0] } : nil
    }
}
