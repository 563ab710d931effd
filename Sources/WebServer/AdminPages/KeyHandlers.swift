import Database
import HTTPTypes
import Identity
import Pages
import Records
import SQLText
import Values

/// The keys by which programs act as people: whose they are, what they may, when they were last used.
enum KeyHandlers {
    static let address = Addresses.settings + "/keys"
    private static let size = 500

    static func list(_ page: PageCall) async throws -> Reply {
        let (actor, identities) = (try page.actor, page.call.workspace.identities)
        return try await page.show { session in
            let context = page.context
            let keys = try identities.workingKeys(limit: size, by: actor, on: session.connection)
            let owners = Set(keys.map(\.userID)).sorted().map { SQLValue.integer($0.raw) }
            let names = try session.connection.rows("SELECT id, name FROM sys_user WHERE id IN \(list: owners)")
                .reduce(into: [RecordID: String]()) { $0[RecordID($1.integer(0))] = $1.text(1) }
            let table = TableModel(
                caption: context(AccountTexts.keys),
                columns: [
                    ColumnModel("name", context(AccountTexts.keyName)), ColumnModel("user", context(KeyWords.user)),
                    ColumnModel("prefix", context(AccountTexts.keyPrefix)),
                    ColumnModel("scope", context(AccountTexts.keyScope)), ColumnModel("made", context(KeyWords.made)),
                    ColumnModel("used", context(AccountTexts.lastUsed)),
                    ColumnModel("expires", context(KeyWords.expires)),
                ],
                rows: keys.map { row($0, names[$0.userID] ?? "", context) },
                empty: EmptyModel(
                    icon: "key",
                    title: context(AccountTexts.noKeys),
                    text: context(KeyWords.none)
                )
            )
            let html: HTML = """
                \(Layout.head("\(context(AccountTexts.keys))", text: context(KeyWords.text)))\
                <section class="k-panel">\(Table.html(table, in: context))</section>
                """
            return PageBody(
                context(AccountTexts.keys),
                html,
                current: Addresses.settings,
                crumbs: [AdminCrumbs.settings(page)]
            )
        }
    }

    private static func row(_ key: APIKey, _ user: String, _ context: PageContext) -> RowModel {
        RowModel(
            id: key.id.description,
            name: key.name,
            cells: [
                .text(key.name), .text(user), .html("<code>\(key.prefix)…</code>"), .text(context(scope(key.scopes))),
                .instant(key.createdAt), key.lastUsedAt.map(CellValue.instant) ?? .empty,
                key.expiresAt.map(CellValue.instant) ?? .empty,
            ],
            actions: RecordPage.action(
                context(AccountTexts.revoke),
                to: "\(address)/\(key.id)/revoke",
                icon: "trash",
                danger: true,
                small: true,
                in: context
            )
        )
    }

    private static func scope(_ scopes: KeyScopes) -> Label {
        scopes == .full ? AccountTexts.full : scopes == .read ? AccountTexts.readOnly : KeyWords.some
    }

    static func revoke(_ page: PageCall) async throws -> Reply {
        let (actor, id, identities) = (try page.actor, try page.call.recordID(), page.call.workspace.identities)
        try actor.require(.users)
        try await page.write { try identities.revokeKey(id, by: actor, on: $0.connection) }
        return page.go(to: address, .ok, PageTexts.keyRevoked)
    }
}

/// What the page of keys says.
enum KeyWords {
    static let text = Label(
        "Keys by which programs act as people. Who leaves loses theirs; revoke what nobody needs.",
        zh: "程序以员工身份访问系统所用的密钥。停用账号时其密钥一并失效；不再使用的请及时吊销。"
    )
    static let none = Label("People make their keys under «My account».", zh: "员工可在「我的账号」中创建密钥。")
    static let user = Label("Acts as", zh: "所属用户")
    static let made = Label("Made", zh: "创建时间")
    static let expires = Label("Ends", zh: "到期时间")
    static let some = Label("Some objects", zh: "部分对象")
}
