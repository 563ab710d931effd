import Values

/// The words of pages that belong to no component.
enum PageTexts {
    static let home = Label("Start", zh: "首页")
    static let saved = Label("Saved.", zh: "已保存。")
    static let signedOut = Label("You are signed out.", zh: "您已退出登录。")
    static let passwordSet = Label("Your password is set. Sign in with it.", zh: "密码已设置，请用新密码登录。")
    static let notSame = Label("The two passwords differ.", zh: "两次输入的密码不一致。")

    // Lists
    static let mine = Label("Mine", zh: "我负责的")
    static let unseen = Label("not visible to you", zh: "无权查看")
    static let nothingChosen = Label("Select records first.", zh: "请先选择记录。")
    static let noOwner = Label("Choose the new owner.", zh: "请选择新的负责人。")
    static let notAllowed = Label("you may not change them", zh: "您没有相应权限")

    /// What a bulk action did.
    static func changed(_ count: Int) -> Label {
        Label(count == 1 ? "1 record changed." : "\(count) records changed.", zh: "已处理 \(count) 条记录。")
    }

    /// What a bulk action did, and why it did not do all of it.
    static func changed(_ count: Int, refused: Int, why: Label) -> Label {
        Label(
            "\(count) changed, \(refused) not: \(why.en)",
            zh: "已处理 \(count) 条，\(refused) 条未处理：\(why.zh)"
        )
    }

    // Forms
    static let responsible = Label("Responsible", zh: "负责人")
    static let colon = Label(": ", zh: "：")
    static let chooseObject = Label("Choose the kind of record.", zh: "请选择记录类型。")
    static let changedMeanwhile = Label(
        "Somebody else has changed this record meanwhile. Beside each field stands what is saved now; saving again overwrites it.",
        zh: "这条记录已被他人修改。下方标出了现在保存的内容，再次保存将以您填写的为准。"
    )
    static func nowSaved(_ text: String) -> Label { Label("Saved now: \(text)", zh: "现在保存的是：\(text)") }
    static func made(_ object: Label) -> Label { Label("\(object.en) made.", zh: "\(object.zh)已新建。") }
    static func noSuch(_ object: Label, _ name: String) -> Label {
        Label(
            "There is no \(object.en.lowercased()) «\(name.prefix(50))». Type the whole name or the ID.",
            zh: "没有名为“\(name.prefix(50))”的\(object.zh)，请输入完整名称或编号。"
        )
    }
    static func several(_ object: Label, _ name: String) -> Label {
        Label(
            "Several records are called «\(name.prefix(50))». Type the ID of the \(object.en.lowercased()).",
            zh: "有多条名为“\(name.prefix(50))”的\(object.zh)，请输入编号以区分。"
        )
    }
    static func noPerson(_ name: String) -> Label {
        Label("There is nobody called «\(name.prefix(50))».", zh: "没有名为“\(name.prefix(50))”的同事。")
    }
    static func severalPeople(_ name: String) -> Label {
        Label(
            "Several people are called «\(name.prefix(50))». Type the e-mail address.",
            zh: "有多位同事叫“\(name.prefix(50))”，请输入邮箱以区分。"
        )
    }
}
