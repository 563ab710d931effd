import Values

/// How programs of bookkeeping head their ledgers, vouchers and lists of transactions.
enum FinanceHeaders {
    /// The programs, by their headings.
    static let sources: [ImportSource] = [
        ImportSource(yonyou, signs: ["凭证号数", "科目编码", "科目名称", "摘要", "借方", "贷方"], fields: ledger),
        ImportSource(yonyou, signs: ["制单日期", "凭证号", "会计科目", "摘要", "借方本币", "贷方本币"], fields: ledger),
        ImportSource(kingdee, signs: ["日期", "凭证字号", "科目代码", "科目名称", "摘要", "借方金额", "贷方金额"], fields: ledger),
        ImportSource(
            quickBooks,
            signs: ["date", "transactiontype", "num", "name", "memodescription", "account", "amount"],
            fields: transactions
        ),
        ImportSource(
            quickBooks,
            signs: ["type", "date", "num", "name", "memo", "account", "debit", "credit"],
            fields: transactions
        ),
    ]

    private static let yonyou = Label("Yonyou", zh: "用友系统")
    private static let kingdee = Label("Kingdee", zh: "金蝶系统")
    private static let quickBooks = Label("QuickBooks", zh: "QuickBooks 系统")

    private static let ledger: [String: [String]] = named([
        (["day"], ["日期", "制单日期", "记账日期", "业务日期"]), (["name"], ["摘要"]),
        (["amount"], ["借方", "借方金额", "借方本币"]), (["nature", "kind"], ["科目名称", "会计科目"]),
        (["pool"], ["部门", "部门名称", "核算部门"]), (["customer"], ["客户", "客户名称", "往来单位", "核算项目"]),
        (["reference"], ["凭证号", "凭证号数", "凭证字号"]),
    ])

    private static let transactions: [String: [String]] = named([
        (["day"], ["date"]), (["name"], ["memo", "memodescription"]), (["amount"], ["amount", "debit"]),
        (["nature", "kind"], ["account"]), (["pool"], ["class", "department"]), (["customer"], ["name", "customer"]),
        (["reference"], ["num"]),
    ])

    /// The same words where the program cannot be told, beside what such headings mean elsewhere.
    static let groups: [(fields: [String], headers: [String])] = [
        (["day"], ["制单日期", "记账日期", "业务日期", "发生日期", "会计期间", "所属期间", "postingdate", "transactiondate"]),
        (["amount"], ["借方金额", "借方", "本币金额", "借方本币", "发生额", "价税合计", "debit", "debitamount"]),
        (["pool"], ["部门", "部门名称", "核算部门", "成本中心", "department", "costcenter", "costcentre"]),
        (["reference"], ["凭证号", "凭证字号", "凭证号数", "voucherno", "vouchernumber", "journalno"]),
        (["nature", "kind"], ["科目名称", "会计科目", "费用项目", "费用类型", "expensecategory", "expensetype"]),
        (["name"], ["摘要", "memo", "memodescription"]), (["goods"], ["销售成本", "成本金额", "结转成本", "cogs"]),
        (["customer"], ["往来单位"]),
    ]

    private static func named(_ pairs: [(fields: [String], headers: [String])]) -> [String: [String]] {
        var table: [String: [String]] = [:]
        for (fields, headers) in pairs { for header in headers { table[header] = fields } }
        return table
    }
}
