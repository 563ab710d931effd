import Values

/// The words of the pages about personal data.
enum PrivacyWords {
    static let title = Label("Personal data", zh: "个人信息与保留期限")
    static let titleText = Label(
        "How long records are kept. To erase a person, open their record.",
        zh: "设置数据保留期限。如需抹除某人的个人信息，请在其记录页面操作。"
    )
    static let erase = Label("Erase person", zh: "抹除个人信息")
    static let held = Label("All that is held", zh: "导出个人信息")
    static let eraseText = Label(
        "This cannot be undone. The record stays without anything personal, so that figures stay right.",
        zh: "此操作不可撤销。记录本身会保留，但不再含任何个人信息，统计数字不受影响。"
    )
    static let fields = Label("Fields that are emptied", zh: "将清空的字段")
    static let notes = Label("Activities whose texts are emptied", zh: "将清空文字的跟进记录")
    static let entries = Label("Audit entries whose values are erased", zh: "将抹除内容的审计记录")
    static let files = Label("Files that are deleted", zh: "将删除的附件")
    static let kept = Label("Records that stay without naming the person", zh: "保留但去除此人信息的记录")
    static let before = Label("Erased before", zh: "上次抹除")
    static let confirm = Label("Type the name to confirm", zh: "请输入姓名以确认")
    static let reason = Label("Reason (without personal data)", zh: "原因（请勿填写个人信息）")
    static let backups = Label(
        "Backups made before still hold the person until they are deleted.",
        zh: "此前的备份中仍有该人信息，直至备份被删除。"
    )
    static func erased(_ token: String) -> Label { Label("Erased: \(token)", zh: "已抹除：\(token)") }
    static let json = Label("As JSON", zh: "JSON 格式")
    static let html = Label("As a page", zh: "网页格式")

    static let rules = Label("Rules", zh: "保留规则")
    static let noRules = Label("There are no rules: everything is kept", zh: "暂无规则，数据一直保留")
    static let object = Label("Object", zh: "对象")
    static let filter = Label("Only where (expression)", zh: "筛选条件（表达式，可留空）")
    static let field = Label("Counted from", zh: "起算日期")
    static let days = Label("After days", zh: "保留天数")
    static let action = Label("Then", zh: "到期处理")
    static let ran = Label("Last run", zh: "上次执行")
    static let count = Label("Records then", zh: "处理条数")
    static let look = Label("Show what is due", zh: "预览到期数据")
    static let add = Label("Add rule", zh: "添加规则")
    static let added = Label("The rule is added. It runs once a day.", zh: "规则已添加，每天自动执行一次。")
    static let removed = Label("The rule is removed.", zh: "规则已删除。")
    static let switched = Label("Saved.", zh: "已保存。")
    static let on = Label("Switch on", zh: "启用")
    static let off = Label("Switch off", zh: "停用")
    static func due(_ count: Int64) -> Label { Label("Due now: \(count) records", zh: "目前到期：\(count) 条") }
}
