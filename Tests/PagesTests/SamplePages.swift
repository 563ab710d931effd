import Pages
import Schema
import Values

/// Every page of the product with believable data; `mark` is put at the end of every text of a person.
struct SamplePages {
    let context: PageContext
    var mark = ""

    static let now = Instant(milliseconds: 1_795_836_000_000)

    static func context(_ language: Language, theme: Theme = .system, density: Density = .comfortable) -> PageContext {
        PageContext(
            language: language,
            theme: theme,
            density: density,
            csrf: "token",
            path: "/customers?sort=name",
            now: SamplePages.now
        )
    }

    func text(_ zh: String, _ en: String) -> String { (context.language == .zh ? zh : en) + mark }

    var all: [(name: String, html: HTML)] {
        bare + lists + records + imports + administration
    }

    func framed(_ title: String, _ body: HTML, crumbs: [Crumb] = [], flash: Flash? = nil, current: Int = 0) -> HTML {
        let objects = [
            ("客户", "Customers", "customer"), ("联系人", "Contacts", "contact"), ("线索", "Leads", "lead"),
            ("商机", "Opportunities", "opportunity"), ("跟进记录", "Activities", "activity"), ("产品", "Products", "product"),
        ]
        let model = LayoutModel(
            title: title,
            workspace: text("云帆科技", "Yunfan Technology"),
            person: text("陈思远", "Grace Chen"),
            email: "chen@example.com\(mark)",
            navigation: objects.enumerated().map {
                NavigationItem(label: text($1.0, $1.1), href: "/\($1.2)s", icon: $1.2, current: $0 == current)
            },
            more: [
                NavigationItem(label: context(ImportTexts.history), href: "/imports", icon: "import"),
                NavigationItem(label: context(Words.bin), href: "/bin", icon: "trash"),
                NavigationItem(
                    label: context(Words.settings),
                    href: "/settings",
                    icon: "settings",
                    current: current < 0
                ),
            ],
            breadcrumb: crumbs,
            flash: flash,
            search: mark
        )
        return Layout.page(model, in: context, body: body)
    }

    private var logIn: LogInPage.Form {
        var form = LogInPage.Form(email: mark, next: mark)
        form.error = text("邮箱或密码不正确。", "Wrong e-mail or password.")
        return form
    }

    private var sharedLogIn: LogInPage.Form {
        var form = logIn
        form.workspace = mark
        return form
    }

    private var bare: [(name: String, html: HTML)] {
        func page(_ name: String, _ body: HTML) -> (name: String, html: HTML) {
            (name, Layout.bare(title: name, workspace: text("云帆科技", "Yunfan"), in: context, body: body))
        }
        let problem = Problem(
            .notFound,
            "not_found",
            Label("There is no such record.\(mark)", zh: "没有这条记录。\(mark)"),
            fields: [FieldProblem("name", "required", Label("Missing.\(mark)", zh: "缺少。\(mark)"))],
            retryAfter: 20
        )
        return [
            page("login", LogInPage.password(logIn, in: context)),
            page("login-shared", LogInPage.password(sharedLogIn, in: context)),
            page("code", LogInPage.code(error: mark, in: context)),
            page(
                "invite",
                InvitePage.html(action: "/invite/abc", email: "li@example.com\(mark)", error: mark, in: context)
            ),
            page("reset", ResetPage.html(action: "/reset/abc", email: "li@example.com\(mark)", in: context)),
            ("error", framed("404", ErrorPage.html(problem, in: context))),
        ]
    }

    // MARK: The objects of the samples

    var customer: ObjectDefinition {
        func field(
            _ key: String,
            _ en: String,
            _ zh: String,
            _ kind: FieldKind,
            _ adjust: (inout FieldDefinition) -> Void = { _ in }
        ) -> FieldDefinition {
            var field = FieldDefinition(
                id: "customer.\(key)",
                key: key,
                label: Label(en + mark, zh: zh + mark),
                kind: kind
            )
            adjust(&field)
            return field
        }
        let levels = [
            Choice("a", Label("Key" + mark, zh: "重点客户" + mark)), Choice("b", Label("Usual" + mark, zh: "普通客户" + mark)),
        ]
        return ObjectDefinition(
            key: "customer",
            plural: "customers",
            label: Label("Customer", zh: "客户"),
            pluralLabel: Label("Customers", zh: "客户"),
            fields: [
                field("name", "Name", "客户名称", .text(max: 200)) { $0.required = true },
                field(
                    "type",
                    "Type",
                    "类型",
                    .choice([
                        Choice("company", Label("Company", zh: "企业")), Choice("person", Label("Person", zh: "个人")),
                    ])
                ) { $0.required = true },
                field(
                    "level",
                    "Level",
                    "级别",
                    .choice(
                        levels + [
                            Choice("c", Label("Low", zh: "低")), Choice("d", Label("New", zh: "新")),
                            Choice("e", Label("Old", zh: "老")),
                        ]
                    )
                ),
                field("credit_code", "Credit code", "统一社会信用代码", .text(max: 18)) {
                    $0.shownWhen = .init("type", in: ["company"])
                    $0.help = Label("18 characters" + mark, zh: "18 位，可在营业执照上找到" + mark)
                },
                field("phone", "Phone", "电话", .phone), field("email", "E-mail", "邮箱", .email),
                field("website", "Website", "网站", .url), field("revenue", "Revenue", "年营业额", .money),
                field("staff", "Staff", "员工人数", .integer), field("score", "Score", "评分", .decimal(scale: 1)),
                field("founded", "Founded", "成立日期", .day), field("next_at", "Next contact", "下次联系", .instant),
                field("vip", "Listed", "是否上市", .boolean), field("channels", "Channels", "合作渠道", .multiChoice(levels)),
                field("parent", "Parent company", "上级公司", .link(to: "customer")),
                field("owner_person", "Second owner", "协同负责人", .person), field("about", "About", "关联", .anyLink),
                field("tags", "Tags", "标签", .tags), field("address", "Address", "地址", .address),
                field("contract", "Contract", "合同附件", .file), field("remark", "Remark", "备注", .longText(max: 5000)),
                field("number", "Number", "客户编号", .autoNumber(pattern: "C{0000}")) { $0.custom = true },
            ]
        )
    }

    var fields: [FieldModel] {
        customer.fields.filter { !$0.system }.map { definition in
            var field = FieldModel(definition, objects: [Option("customer", text("客户", "Customer"))])
            field.suggestions = [Option(text("上海云启", "Yunqi"), text("上海", "Shanghai"))]
            if case .link = definition.kind { field.suggestAddress = Addresses.suggest("customers", nameField: "name") }
            field.fill(columns: columns(definition.kind), linkedName: text("华东集团", "Huadong Group"), in: context)
            if ["name", "phone", "address", "channels"].contains(definition.key) {
                field.error = text("请填写有效内容。", "Please give a valid value.")
            }
            return field
        }
    }

    func columns(_ kind: FieldKind) -> [SQLValue] {
        switch kind {
        case .money: [.integer(12_345_678_90), .text("CNY" + mark), .integer(12_345_678_90)]
        case .integer, .link, .person, .file: [.integer(285)]
        case .anyLink: [.integer(285), .text("customer")]
        case .decimal: [.integer(47)]
        case .boolean: [.integer(1)]
        case .instant: [.integer(SamplePages.now.milliseconds - 7_200_000)]
        case .day: [.text("2009-04-01")]
        case .choice: [.text("company" + mark)]
        case .multiChoice: [.text("|a|\(mark)|")]
        case .tags: [.text("|\(text("老客户", "Loyal"))|\(text("华东", "East"))|")]
        case .phone: [.text("+8613800138000;ext=802" + mark)]
        case .email: [.text("info@example.com" + mark)]
        case .url: [.text("https://example.com/" + mark)]
        case .address:
            [
                text("科苑路 8 号", "8 Keyuan Road"), "CN", text("广东省", "Guangdong"), text("深圳市", "Shenzhen"),
                text("南山区", "Nanshan"), "518000" + mark,
            ]
            .map(SQLValue.text)
        default: [.text(text("深圳市未来智造科技股份有限公司", "Future Makers of Shenzhen Ltd."))]
        }
    }
}
