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
}
