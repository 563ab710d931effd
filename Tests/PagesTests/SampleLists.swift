import Pages
import Schema
import Values

extension SamplePages {
    var companies: [(String, String)] {
        [
            ("深圳市未来智造科技股份有限公司", "Future Makers of Shenzhen Ltd."), ("上海云启信息技术有限公司", "Shanghai Yunqi IT"),
            ("杭州西子食品集团", "Xizi Foods, Hangzhou"), ("北京中关新能源有限公司", "Zhongguan New Energy"),
            ("成都锦江连锁餐饮管理有限公司", "Jinjiang Restaurants"), ("苏州工业园区精密机械制造有限责任公司", "Suzhou Precision Machines"),
            ("广州海珠贸易行", "Haizhu Trading"), ("武汉光谷生物医药有限公司", "Guanggu Biomedical"),
        ]
    }

    var columns: [ColumnModel] {
        let object = customer
        let keys = ["name", "level", "phone", "revenue", "founded", "tags"]
        return keys.compactMap { object.field($0) }.map { field in
            ColumnModel(
                field,
                sort: field.key == "revenue" ? .descending : nil,
                sortHref: field.key == "tags" ? nil : "/customers?sort=\(field.key)",
                in: context
            )
        } + [ColumnModel("owner", context(Words.owner)), ColumnModel("updated_at", text("最近跟进", "Last contact"))]
    }

    func rows() -> [RowModel] {
        let level = customer.field("level")?.kind.choices ?? []
        return companies.enumerated().map { index, company in
            let name = text(company.0, company.1)
            var row = RowModel(
                id: "0B8X3K\(index)",
                href: "/customers/0B8X3K\(index)",
                name: name,
                cells: [
                    .text(name), .choices([level[index % 5]]), .phone("+8613\(800_138_000 + index * 7919)" + mark),
                    index == 3 ? .empty : .money(Money(minor: Int64(1_284_500_00 / (index + 1)), currency: "CNY")),
                    .day(Day(daysSince1970: 14_000 + index * 517)),
                    index % 3 == 0 ? .tags([text("老客户", "Loyal")]) : .empty,
                    .person(
                        text(["王丽", "刘伟明", "陈思远"][index % 3], ["Li Wang", "Weiming Liu", "Grace Chen"][index % 3])
                    ),
                    .instant(SamplePages.now.adding(milliseconds: Int64(-index * index) * 9_000_000)),
                ]
            )
            row.fresh = index == 1
            return row
        }
    }

    func list(_ rows: [RowModel], filter: String = "", error: FilterModel.FilterError? = nil, firstUse: Bool = false)
        -> HTML
    {
        let people = [Option("1", text("王丽", "Li Wang")), Option("2", text("刘伟明", "Weiming Liu"))]
        let form = FilterModel(
            action: "/customers",
            object: Label("Customers", zh: "客户"),
            search: mark,
            filter: filter + mark,
            sorts: [Option("-updated_at", text("最近跟进", "Last contact"))],
            examples: ["level = \"a\" and revenue >= 1000000", "phone starts with \"138\"" + mark],
            error: error
        )
        var model = ListModel(
            object: Label("Customer", zh: "客户"),
            objects: Label("Customers", zh: "客户"),
            icon: "customer",
            filter: form,
            table: TableModel(
                caption: text("客户", "Customers"),
                columns: columns,
                rows: rows,
                bulk: BulkModel(action: "/customers/bulk", delete: true, owners: people)
            ),
            total: rows.isEmpty ? 0 : 1284,
            nextPage: rows.isEmpty ? nil : "/customers?cursor=abc",
            create: "/customers/new",
            importing: "/imports/new?object=customers",
            export: "/customers/export"
        )
        model.views = [
            ViewTab(text("我的客户", "Mine") + mark, "/customers?view=mine", current: false),
            ViewTab(text("全部客户", "All"), "/customers", current: true, changed: true, shared: true),
        ]
        model.saveView = SaveViewModel(
            action: "/customers/views",
            keep: [Option("filter", filter + mark)],
            name: mark,
            changed: true,
            mayChange: true,
            sharing: [Option("own", mark), Option("all", mark)]
        )
        if error == nil, !filter.isEmpty {
            let chip = FilterNode.Chip(mark, mark, mark, edit: "/a", remove: "/b", alternative: "/c")
            let inner = FilterNode.group(
                .init(isAny: true, isNegated: true, parts: [.chip(chip)], toggle: "/t", add: "/n", remove: "/r")
            )
            model.chips = .group(
                .init(isAny: false, parts: [.chip(chip), inner], toggle: "/t", add: nil, remove: nil)
            )
        }
        model.firstUse = firstUse
        return ListPage.html(model, in: context)
    }

    var lists: [(name: String, html: HTML)] {
        let title = text("客户", "Customers")
        let wrong = FilterModel.FilterError(text("没有“stge”这个字段。", "There is no field “stge”."), at: 0)
        let hits = HitGroup(
            title: text("客户", "Customers"),
            icon: "customer",
            items: companies.prefix(3).map {
                RelatedModel.Item(
                    name: text($0.0, $0.1),
                    href: "/customers/1",
                    badge: .text(text("华东", "East")),
                    facts: [.phone("+8613800138000")]
                )
            },
            all: "/customers?q=x"
        )
        let deleted = TableModel(
            caption: title,
            columns: [ColumnModel("name", text("名称", "Name")), ColumnModel("at", text("删除时间", "Deleted"))],
            rows: rows().prefix(2).map {
                RowModel(id: $0.id, name: $0.name, cells: [.text($0.name), .instant(SamplePages.now)])
            },
            bulk: BulkModel(action: "/bin", restore: true, purge: true)
        )
        return [
            (
                "list",
                framed(
                    title,
                    list(rows()),
                    flash: Flash(.ok, text("已将 3 条客户移入回收站。", "3 customers are in the recycle bin."), undo: "/undo/1")
                )
            ),
            (
                "list-wrong-filter",
                framed(
                    title,
                    list([], filter: "stge = \"won\" and revenue > 3", error: wrong),
                    flash: Flash(.bad, mark)
                )
            ),
            ("list-first-use", framed(title, list([], firstUse: true))),
            ("search", framed(title, SearchPage.html(text: text("科技", "tech"), groups: [hits], in: context))),
            ("search-empty", framed(title, SearchPage.html(text: "", groups: [], in: context))),
            (
                "bin",
                framed(
                    title,
                    BinPage.html(
                        tabs: [TabModel(title, "/bin", current: true), TabModel(text("联系人", "Contacts"), "/bin?o=c")],
                        table: deleted,
                        in: context
                    )
                )
            ),
        ]
    }

    var records: [(name: String, html: HTML)] {
        let back = [Crumb(text("商机", "Opportunities"), "/opportunities")]
        let form = FormModel(
            title: context(Words.edit(Label("Customer", zh: "客户"))),
            action: "/customers/1",
            sections: [
                FormSection(text("基本信息", "Basics"), Array(fields.prefix(10))),
                FormSection(text("更多", "More"), Array(fields.dropFirst(10))),
            ],
            problems: [text("该客户已存在。", "This customer exists already.")],
            saveLabel: context(Words.save(Label("Customer", zh: "客户"))),
            cancel: "/customers/1",
            version: "3",
            hidden: [Option("_from", mark)]
        )
        return [
            ("record", framed(text("未来智造年度采购", "Yearly purchase"), record, crumbs: back, current: 3)),
            ("form", framed(text("编辑客户", "Edit customer"), FormPage.html(form, in: context), crumbs: back)),
        ]
    }

    private var record: HTML {
        let stages = [
            ("potential", "潜在客户", "Potential"), ("interested", "意向客户", "Interested"),
            ("negotiating", "谈判中", "Negotiating"), ("won", "已成交", "Won"), ("lost", "已输单", "Lost"),
        ]
        let path = StagePathModel(
            stages: stages.enumerated().map { index, stage in
                .init(
                    key: stage.0,
                    label: text(stage.1, stage.2),
                    outcome: stage.0 == "won" || stage.0 == "lost" ? stage.0 : "open",
                    note: index < 3 ? text("\(index * 9 + 3) 天", "\(index * 9 + 3) days") : nil
                )
            },
            current: "negotiating",
            action: "/opportunities/1/stage",
            version: "4"
        )
        let facts = fields.prefix(14).map {
            Fact(
                context($0.definition.label),
                CellValue(
                    $0.definition.kind,
                    columns: columns($0.definition.kind),
                    linked: .init(name: text("华东集团", "Huadong"), href: "/customers/2")
                )
            )
        }
        var model = RecordModel(
            title: text("未来智造年度采购", "Yearly purchase"),
            badges: [.choices([Choice("n", Label("Negotiating", zh: "谈判中"), outcome: "open")])],
            subtitle: text("深圳市未来智造科技股份有限公司", "Future Makers of Shenzhen Ltd."),
            edit: "/opportunities/1/edit",
            delete: "/opportunities/1/delete",
            path: path,
            facts: [
                FactsModel(nil, Array(facts.prefix(7))), FactsModel(text("更多信息", "More"), Array(facts.dropFirst(7))),
            ],
            timeline: timeline,
            related: [
                RelatedModel(
                    title: text("联系人", "Contacts"),
                    icon: "contact",
                    items: [
                        .init(
                            name: text("李国强", "Guoqiang Li"),
                            href: "/contacts/1",
                            badge: .text(text("采购总监", "Purchasing")),
                            facts: [.phone("+8613800138000"), .email("li@example.com")]
                        )
                    ],
                    count: 1,
                    create: "/contacts/new",
                    all: "/contacts"
                ),
                RelatedModel(title: text("附件", "Files"), icon: "file", items: [], count: 0, create: "/files/new"),
            ],
            version: "4"
        )
        model.actions = RecordPage.action(text("转交", "Assign"), to: "/x", icon: "user", ask: mark, in: context)
        return RecordPage.html(model, in: context)
    }

    private var timeline: TimelineModel {
        let kinds = [
            ("note", "备注", "Note"), ("call", "电话", "Call"), ("visit", "拜访", "Visit"), ("meeting", "会议", "Meeting"),
            ("task", "任务", "Task"),
        ]
        var composer = ComposerModel(
            action: "/activities",
            kinds: kinds.map { .init($0.0, text($0.1, $0.2), icon: $0.0) },
            chosen: "call"
        )
        composer.body = mark
        composer.error = mark.isEmpty ? nil : mark
        var minutes = FieldDefinition(id: "a.d", key: "duration", label: Label("Minutes", zh: "时长（分钟）"), kind: .integer)
        minutes.shownWhen = .init("kind", in: ["call", "visit", "meeting"])
        var due = FieldDefinition(id: "a.e", key: "due_at", label: Label("Due", zh: "截止时间"), kind: .instant)
        due.shownWhen = .init("kind", in: ["task"])
        composer.fields = [FieldModel(minutes), FieldModel(due)]
        func entry(
            _ index: Int,
            _ kind: String,
            _ title: (String, String),
            _ body: (String, String),
            hours: Int64,
            minutes: Int? = nil
        ) -> EntryModel {
            EntryModel(
                id: "\(index)",
                kind: kind,
                title: text(title.0, title.1),
                href: "/activities/\(index)",
                body: text(body.0, body.1),
                person: text("王丽", "Li Wang"),
                at: SamplePages.now.adding(milliseconds: -hours * 3_600_000),
                minutes: minutes
            )
        }
        var task = entry(0, "task", ("发送修订后的报价单", "Send the revised quote"), ("", ""), hours: 1)
        task.due = SamplePages.now.adding(milliseconds: -3_600_000)
        task.doneAction = "/activities/0/done"
        var done = entry(4, "task", ("准备产品演示", "Prepare the demo"), ("", ""), hours: 50)
        done.done = true
        return TimelineModel(
            entries: [
                task,
                entry(
                    1,
                    "call",
                    ("电话沟通", "Call"),
                    (
                        "客户认可方案，要求把付款方式改为 3-6-1，并希望下周内确认交付时间。",
                        "They like the offer and ask for payment in three parts; delivery to be settled next week."
                    ),
                    hours: 3,
                    minutes: 25
                ),
                entry(
                    2,
                    "visit",
                    ("上门拜访", "Visit"),
                    (
                        "与采购总监李国强、技术经理当面演示。\n重点关注：与现有 ERP 的对接。",
                        "Shown to the head of purchasing.\nMain question: the link to their ERP."
                    ),
                    hours: 27,
                    minutes: 90
                ),
                entry(3, "mail", ("发送方案书", "Offer sent"), ("", ""), hours: 49), done,
            ],
            composer: composer,
            filters: [TabModel(text("全部", "All"), "?", current: true), TabModel(text("电话", "Calls"), "?kind=call")],
            older: "?before=1"
        )
    }
}
