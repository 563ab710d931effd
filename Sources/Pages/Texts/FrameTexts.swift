public import Values

/// The words of the frame around every page.
public enum FrameTexts {
    /// Whose work the program builds on.
    public static let notices = Label("Third-party notices", zh: "第三方软件声明")
    /// Somebody else has changed what is shown.
    public static let changed = Label("Somebody has changed this.", zh: "内容已被他人更新。")
    /// Shows it.
    public static let showChanged = Label("Show", zh: "查看最新")
    /// Jumps over the navigation.
    public static let skip = Label("Skip to content", zh: "跳到正文")
    /// The main navigation.
    public static let navigation = Label("Main navigation", zh: "主导航")
    /// Where the page is.
    public static let breadcrumb = Label("Breadcrumb", zh: "当前位置")
    /// The hint in the search box of the frame.
    public static let searchHint = Label("Search name, phone, pinyin…", zh: "搜索名称、电话、拼音")
    /// The search over everything.
    public static let searchAll = Label("Search everything", zh: "全局搜索")
    /// The menu of the person.
    public static let accountMenu = Label("Account menu", zh: "账号菜单")
    /// The person's own settings.
    public static let account = Label("My account", zh: "我的账号")
    /// Ends the session.
    public static let logOut = Label("Sign out", zh: "退出登录")
    /// The language of the pages.
    public static let language = Label("Language", zh: "语言")
    /// The colours.
    public static let theme = Label("Theme", zh: "外观")
    /// The height of rows.
    public static let density = Label("Density", zh: "密度")
    /// As the device.
    public static let system = Label("As device", zh: "跟随系统")
    /// Light.
    public static let light = Label("Light", zh: "浅色")
    /// Dark.
    public static let dark = Label("Dark", zh: "深色")
    /// High rows.
    public static let comfortable = Label("Roomy", zh: "宽松")
    /// Low rows.
    public static let compact = Label("Compact", zh: "紧凑")

    /// The name of a theme.
    public static func name(_ theme: Theme) -> Label {
        switch theme {
        case .system: system
        case .light: light
        case .dark: dark
        }
    }

    /// The name of a density.
    public static func name(_ density: Density) -> Label {
        density == .compact ? compact : comfortable
    }
}

/// The words of pages that say that something went wrong.
public enum ErrorTexts {
    /// Above the list of what is wrong with a form.
    public static func summary(_ count: Int) -> Label {
        Label(
            count == 1 ? "Please correct one thing" : "Please correct \(count) things",
            zh: count == 1 ? "有 1 处需要修改" : "有 \(count) 处需要修改"
        )
    }
    /// The heading of an error page, by the kind of problem.
    public static func title(_ kind: Problem.Kind) -> Label {
        switch kind {
        case .notFound: Label("Not found", zh: "没有找到")
        case .forbidden: Label("You may not do this", zh: "没有权限")
        case .unauthenticated: Label("Please log in", zh: "请先登录")
        case .stale, .conflict: Label("Somebody was quicker", zh: "内容已被他人修改")
        case .tooMany: Label("Too many attempts", zh: "操作太频繁")
        case .tooLarge: Label("Too large", zh: "内容太大")
        case .unavailable: Label("Busy right now", zh: "系统繁忙")
        case .failure: Label("Something went wrong", zh: "出错了")
        case .malformed, .notAllowed, .unsupported, .invalid: Label("This did not work", zh: "操作未成功")
        }
    }
    /// Leads to the start page.
    public static let home = Label("To the start page", zh: "返回首页")
    /// The code for the administrator.
    public static let code = Label("Code", zh: "错误代码")
    /// How long to wait.
    public static func wait(_ seconds: Int) -> Label {
        Label("Try again in \(seconds) seconds.", zh: "请在 \(seconds) 秒后重试。")
    }
}
