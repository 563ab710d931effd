import Values

/// The words of pages that belong to no component.
enum PageTexts {
    static let home = Label("Start", zh: "首页")
    static let saved = Label("Saved.", zh: "已保存。")
    static let signedOut = Label("You are signed out.", zh: "您已退出登录。")
    static let passwordSet = Label("Your password is set. Sign in with it.", zh: "密码已设置，请用新密码登录。")
    static let notSame = Label("The two passwords differ.", zh: "两次输入的密码不一致。")
    static let loginFirst = Label("Sign in to go on.", zh: "请先登录。")
}
