import Pages
import Schema
import Values

extension SamplePages {
    var imports: [(name: String, html: HTML)] {
        let object = Label("Customers", zh: "客户")
        var mapping = ImportMapping(
            action: "/imports/1",
            file: "customers.csv" + mark,
            rows: 2380,
            columns: [
                ImportColumn(
                    heading: text("公司名称", "Company"),
                    samples: companies.prefix(4).map { text($0.0, $0.1) },
                    target: "name",
                    proposed: true
                ),
                ImportColumn(
                    heading: text("联系电话", "Telephone"),
                    samples: ["13800138000", "021-65551234"],
                    target: "phone",
                    proposed: true
                ),
                ImportColumn(heading: "Unnamed: 3" + mark, samples: [], error: text("请选择字段。", "Choose a field.")),
            ],
            fields: [Option("name", text("客户名称", "Name")), Option("phone", text("电话", "Phone"))],
            matches: [Option("name", text("客户名称", "Name"))],
            error: text("文件第 7 行无法读取。", "Row 7 cannot be read.")
        )
        mapping.heading = 1
        mapping.readingNow = text("GB18030 · 逗号 · 双引号", "GB18030 · comma · double quotes") + mark
        mapping.reading = [
            ImportStyle(
                "encoding",
                text("文件编码", "Encoding"),
                [Option("", text("自动识别：UTF-8", "As detected: UTF-8") + mark), Option("GB18030", "GB18030")],
                chosen: "GB18030"
            )
        ]
        var result = ImportResult(
            .finished,
            file: "customers.csv" + mark,
            total: 2380,
            created: 2100,
            updated: 250,
            skipped: 18,
            failed: 12,
            address: "/imports/1"
        )
        result.errors = [
            ImportError(
                row: 17,
                field: text("电话", "Phone"),
                value: "1380013" + mark,
                message: text("号码不足 11 位，请检查。", "The number is too short.")
            )
        ]
        (result.errorFile, result.records, result.undo) = ("/imports/1/errors", "/customers", "/imports/1/undo")
        var running = ImportResult(
            .running,
            file: "a.csv",
            total: 100,
            created: 20,
            updated: 0,
            skipped: 0,
            failed: 0,
            address: "/imports/2"
        )
        running.run = "/imports/2"
        let history = TableModel(
            caption: text("导入", "Imports"),
            columns: [ColumnModel("file", text("文件", "File"))],
            rows: [RowModel(id: "1", href: "/imports/1", name: text("一", "One"), cells: [.text("a.csv" + mark)])]
        )
        return [
            (
                "import-upload",
                framed(
                    "x",
                    ImportPage.upload(
                        object: object,
                        objectKey: "customer",
                        template: "/t.csv",
                        error: mark.isEmpty ? nil : mark,
                        in: context
                    )
                )
            ),
            ("import-mapping", framed("x", ImportPage.mapping(mapping, object: object, in: context))),
            ("import-result", framed("x", ImportPage.result(result, object: object, in: context))),
            ("import-running", framed("x", ImportPage.result(running, object: object, in: context))),
            ("import-history", framed("x", ImportPage.history(history, in: context))),
        ]
    }

    var administration: [(name: String, html: HTML)] {
        let teams = [Option("t1", text("华东销售部", "East")), Option("t2", text("华南销售部", "South"))]
        let roles = [Option("r1", text("销售", "Sales")), Option("r2", text("销售主管", "Team lead"))]
        let users = [
            UserRow(
                id: "u1",
                name: text("王丽", "Li Wang"),
                email: "wang@example.com" + mark,
                team: "t1",
                roles: ["r1"],
                lastSeen: SamplePages.now
            ),
            UserRow(
                id: "u2",
                name: text("刘伟明", "Weiming Liu"),
                email: "liu@example.com",
                team: "t2",
                roles: ["r1", "r2"],
                state: .invited
            ),
            UserRow(id: "u3", name: text("赵敏", "Min Zhao"), email: "zhao@example.com", state: .disabled),
        ]
        let form = UserForm(
            teams: teams,
            roles: roles,
            errors: ["email": text("邮箱已被使用。", "Already used.")],
            link: "https://crm.example.com/invite/abc" + mark
        )
        let page = { (name: String, body: HTML) in (name: name, html: framed(name, body, current: -1)) }
        return [
            page("settings", SettingsPage.html(SettingsPage.Part.allCases, in: context)),
            page("users", UsersPage.html(users, form: form, in: context)),
            page("user", UsersPage.user(users[0], form: form, others: teams, in: context)),
            page(
                "teams",
                TeamsPage.html(
                    [
                        TeamRow(id: "t0", name: text("销售中心", "Sales"), members: 3),
                        TeamRow(id: "t1", name: text("华东销售部", "East"), parent: "t0", depth: 1, members: 8),
                    ],
                    error: mark.isEmpty ? nil : mark,
                    in: context
                )
            ),
            page("roles", RolesPage.html([(id: "r1", name: text("销售", "Sales"), members: 12)], in: context)),
            page("role", RolesPage.role(role, in: context)),
            page(
                "objects",
                ObjectsPage.html([customer], draft: ["zh": mark], errors: ["en": text("请填写。", "Missing.")], in: context)
            ),
            page(
                "fields",
                FieldsPage.html(
                    customer,
                    removed: Array(customer.fields.suffix(1)),
                    form: FieldForm(objects: teams, draft: ["choices": mark]),
                    in: context
                )
            ),
            page(
                "field",
                customer.field("level").map { FieldPage.html($0, of: customer, errors: ["zh": mark], in: context) }
                    ?? .empty
            ),
            page(
                "audit",
                AuditPage.html(
                    audit,
                    next: "?c=1",
                    in: context
                )
            ),
            page("account", AccountPage.html(account, in: context)),
        ]
    }

    private var role: RoleModel {
        RoleModel(
            id: "r1",
            name: text("销售", "Sales"),
            rows: [
                RightsRow(
                    object: "customer",
                    label: text("客户", "Customers"),
                    scopes: ["read": "team_tree", "update": "own"],
                    flags: ["create", "export"]
                ),
                RightsRow(
                    object: "opportunity",
                    label: text("商机", "Opportunities"),
                    scopes: ["read": "own"],
                    flags: []
                ),
            ],
            capabilities: [Option("audit", text("查看操作日志", "Read the audit log"))],
            granted: ["audit"],
            error: mark.isEmpty ? nil : mark
        )
    }

    private var audit: [AuditRow] {
        [
            AuditRow(
                at: SamplePages.now,
                actor: text("王丽", "Li Wang"),
                action: text("修改", "Changed"),
                record: .init(name: text("上海云启", "Yunqi"), href: "/customers/1"),
                changes: [
                    .init(text("级别", "Level"), before: text("普通", "Usual"), after: text("重点", "Key")),
                    .init(text("电话", "Phone"), before: "", after: "021"),
                ],
                origin: text("页面 10.0.0.8", "page 10.0.0.8")
            ),
            AuditRow(
                at: SamplePages.now,
                actor: text("系统", "System"),
                action: text("登录", "Signed in"),
                record: nil,
                changes: [],
                origin: "api"
            ),
        ]
    }

    private var account: AccountModel {
        var model = AccountModel(
            sessions: [
                SessionRow(
                    id: "s1",
                    device: "Chrome, Windows" + mark,
                    address: "10.0.0.8",
                    lastUsed: SamplePages.now,
                    current: true
                ),
                SessionRow(id: "s2", device: "Safari, iPhone", address: "10.0.0.9", lastUsed: SamplePages.now),
            ],
            keys: [KeyRow(id: "k1", name: text("财务对接", "Accounting"), prefix: "kh_3f9a" + mark, readOnly: true)],
            newKey: "kh_3f9a0c" + mark,
            factor: true
        )
        model.recoveryCodes = ["1a2b-3c4d", "5e6f-7a8b" + mark]
        model.errors = ["old": text("密码不正确。", "Wrong password.")]
        return model
    }
}
