import Values

/// How other programs and people head their columns: a header, reduced to letters and digits, and the fields that it
/// may mean, best first. A field is looked for by key; `link.part` and `address.part` stand for parts.
enum HeaderSynonyms {
    /// The fields that a header may mean.
    static func fields(_ header: String) -> [String] { table[header] ?? [] }

    /// Columns of our own error files and of other programs that never hold data.
    static let ignored: Set<String> = ["错误原因", "error", "导入错误"]

    /// The parts of an address, by header.
    static func addressPart(_ header: String) -> String? { addressParts[header] }

    /// Headers that mean the family name or the given name; together they make the name.
    static let familyNames: Set<String> = ["lastname", "familyname", "surname", "姓", "姓氏"]
    /// See `familyNames`.
    static let givenNames: Set<String> = ["firstname", "givenname", "名", "名字"]

    private static let table: [String: [String]] = {
        var table: [String: [String]] = [:]
        for (fields, headers) in groups + FinanceHeaders.groups {
            for header in headers { table[header, default: []] += fields }
        }
        return table
    }()

    private static let groups: [(fields: [String], headers: [String])] = [
        (
            ["name", "subject", "title"],
            [
                "name", "fullname", "名称", "姓名", "名字", "potentialname", "dealname", "opportunityname", "topic",
                "opportunityid", "emaildisplayname", "productname", "产品名称", "商机名称", "线索名称", "项目名称",
            ]
        ),
        (
            ["company", "company_name", "customer", "account", "name"],
            [
                "company", "companyname", "companyaccount", "organization", "organization1name", "公司", "公司名称",
                "单位", "单位名称", "企业名称", "所属公司", "工作单位", "所在单位",
            ]
        ),
        (
            ["customer", "account", "company", "name"],
            [
                "account", "accountname", "customer", "customername", "client", "clientname", "客户", "客户名称", "客户名",
                "所属客户", "关联客户", "客户公司", "账户名称",
            ]
        ),
        (
            ["contact", "contact_name", "contact_person", "primary_contact"],
            ["contact", "contactname", "contactperson", "联系人", "联系人姓名", "主联系人"]
        ),
        (
            ["mobile", "mobile_phone", "phone"],
            ["mobile", "mobilephone", "mobilenumber", "cellphone", "cell", "手机", "手机号", "手机号码", "移动电话", "手机1", "手机一"]
        ),
        (
            ["phone", "telephone", "mobile"],
            [
                "phone", "phonenumber", "phone1value", "telephone", "tel", "businessphone", "companymainphone",
                "primaryphone", "电话", "电话号码", "联系电话", "公司电话", "座机", "固话", "固定电话", "办公电话", "电话1", "电话一",
            ]
        ),
        (["fax"], ["fax", "businessfax", "传真"]),
        (
            ["email", "e_mail"],
            [
                "email", "emailaddress", "mail", "email1value", "邮箱", "电子邮箱", "邮件", "电子邮件", "邮箱地址", "邮件地址",
            ]
        ),
        (["wechat", "weixin"], ["wechat", "wechatid", "微信", "微信号"]),
        (["qq"], ["qq", "qq号", "qq号码"]),
        (
            ["website", "url", "web"],
            ["website", "websiteurl", "url", "homepage", "companydomainname", "网址", "网站", "官网", "公司网址", "主页"]
        ),
        (["industry", "sector"], ["industry", "sector", "行业", "所属行业", "客户行业", "一级行业"]),
        (
            ["level", "grade", "rating", "tier", "class"],
            ["level", "grade", "rating", "tier", "客户等级", "客户级别", "等级", "级别", "评级", "星级"]
        ),
        (
            ["source", "lead_source", "origin"],
            ["source", "leadsource", "originalsource", "来源", "客户来源", "线索来源", "获客渠道", "渠道"]
        ),
        (
            ["status", "stage", "state"],
            ["status", "leadstatus", "lifecyclestage", "状态", "客户状态", "线索状态", "跟进状态", "成交状态"]
        ),
        (
            ["stage", "status"],
            ["stage", "stagename", "dealstage", "salesstage", "阶段", "销售阶段", "商机阶段"]
        ),
        (["pipeline"], ["pipeline", "管道", "销售流程", "销售管道"]),
        (
            ["amount", "value", "price", "close_value"],
            ["amount", "value", "closevalue", "dealamount", "金额", "商机金额", "预计金额", "成交金额", "合同金额", "总额"]
        ),
        (
            ["price", "unit_price", "list_price", "sales_price", "amount"],
            ["price", "unitprice", "salesprice", "listprice", "单价", "价格", "售价", "标准价格"]
        ),
        (
            ["annual_revenue", "revenue", "turnover"],
            ["annualrevenue", "revenue", "turnover", "年营业额", "营业额", "年收入", "年营收", "营收", "年销售额"]
        ),
        (
            ["employees", "employee_count", "staff", "headcount", "size"],
            [
                "employees", "numberofemployees", "noofemployees", "employeecount", "员工人数", "员工数", "人数", "人员规模",
                "公司规模", "规模",
            ]
        ),
        (
            ["close_on", "close_date", "expected_close", "closed_on"],
            ["closedate", "closingdate", "expectedclosedate", "预计成交日期", "成交日期", "关闭日期", "预计签单日期"]
        ),
        (
            ["first_deal_on", "first_deal_date", "first_order_on", "customer_since"],
            ["首次成交日期", "首次成交时间", "首单日期", "firstdealdate", "firstorderdate", "customersince"]
        ),
        (["probability"], ["probability", "赢率", "成交概率", "概率"]),
        (["type", "kind", "customer_type"], ["type", "accounttype", "dealtype", "类型", "客户类型", "类别"]),
        (["product"], ["product", "产品", "意向产品"]),
        (["birthday", "birth_date", "born_on"], ["birthday", "dateofbirth", "生日", "出生日期"]),
        (["gender", "sex"], ["gender", "sex", "性别"]),
        (
            ["title", "job_title", "position"],
            [
                "title", "jobtitle", "position", "organization1title", "职务", "职位", "岗位", "头衔", "职称",
            ]
        ),
        (["occupation"], ["occupation", "profession", "职业"]),
        (["salutation"], ["salutation", "nameprefix", "称谓", "尊称"]),
        (["department"], ["department", "organization1department", "部门", "所在部门"]),
        (
            ["notes", "note", "description", "remark", "remarks", "comment"],
            ["notes", "note", "description", "remark", "remarks", "comment", "备注", "说明", "描述", "备注信息", "简介"]
        ),
        (["tags"], ["tags", "tag", "categories", "keywords", "labels", "groupmembership", "标签", "分组"]),
        (
            ["owner"],
            [
                "owner", "accountowner", "leadowner", "contactowner", "companyowner", "dealowner", "potentialowner",
                "salesagent", "salesrep", "salesperson", "assignedto", "负责人", "归属人", "所有人", "业务员", "销售员",
                "销售", "销售人员", "跟进人", "客户经理", "销售代表",
            ]
        ),
        (["owner.email"], ["owneremail", "负责人邮箱"]),
        (
            ["parent", "parent_customer", "parent_company"],
            ["parent", "parentaccount", "subsidiaryof", "parentcompany", "母公司", "上级客户", "上级公司", "总公司"]
        ),
        (
            ["credit_code", "uscc", "social_credit_code", "tax_number"],
            ["统一社会信用代码", "社会信用代码", "信用代码", "税号", "纳税人识别号", "creditcode", "taxnumber", "taxid"]
        ),
        (
            ["code", "number", "customer_number", "account_number", "product_code", "sku"],
            ["code", "number", "accountnumber", "customernumber", "客户编号", "编号", "编码", "产品编号", "sku"]
        ),
        (["series", "category", "family"], ["series", "category", "productfamily", "系列", "分类", "产品系列", "产品分类"]),
        (
            ["founded_on", "founded", "year_established", "founded_year"],
            ["yearestablished", "founded", "成立年份", "成立日期", "成立时间"]
        ),
        (["started_on", "created_on", "engage_date"], ["engagedate", "startdate", "开始日期"]),
        (
            ["created_at"],
            [
                "created", "createdate", "createddate", "createtime", "createdtime", "createdat", "createdon",
                "creationdate", "creationtime", "datecreated", "dateofcreation", "recordcreated", "recordcreatedat",
                "recordcreatedon", "recordcreateddate", "objectcreatedatetime", "hscreatedate", "创建时间", "创建日期", "建立时间",
                "建立日期", "建档时间", "建档日期", "新建时间", "录入时间", "录入日期", "添加时间", "添加日期",
            ]
        ),
        (
            ["created_by"],
            [
                "createdby", "creator", "createdbyuser", "recordcreatedby", "创建人", "创建者", "创建用户", "建档人", "录入人", "录入人员",
                "添加人",
            ]
        ),
        (
            ["stage_changed_at"],
            [
                "laststagechangedate", "stagechangedate", "stagechangedat", "laststagechange", "stagemodifiedtime",
                "stageupdatedtime", "dateenteredcurrentstage", "hsv2dateenteredcurrentstage", "进入阶段时间", "进入当前阶段时间",
                "阶段变更时间", "阶段更新时间", "最后阶段变更时间", "商机阶段变更时间",
            ]
        ),
        (["loss_reason", "reason_lost", "lost_reason"], ["lossreason", "lostreason", "输单原因", "丢单原因"]),
    ]

    private static let addressParts: [String: String] = {
        var parts: [String: String] = [:]
        let groups: [(String, [String])] = [
            ("country", ["country", "国家", "国家地区", "countryregion", "officelocation"]),
            (
                "province",
                ["province", "state", "stateregion", "stateprovince", "region", "省", "省份", "省市", "所在省份", "所属省份"]
            ),
            ("city", ["city", "城市", "市", "所在城市", "所属城市", "地市"]),
            ("district", ["district", "county", "区", "区县", "县区", "县", "所在区县"]),
            (
                "street",
                [
                    "street", "address", "addressline1", "地址", "详细地址", "街道", "街道地址", "联系地址", "公司地址", "办公地址", "通讯地址",
                    "formatted", "住址",
                ]
            ),
            (
                "postal_code",
                ["postalcode", "zip", "zipcode", "zippostalcode", "postcode", "邮编", "邮政编码"]
            ),
        ]
        for (part, headers) in groups { for header in headers { parts[header] = part } }
        // Prefixes under which other programs keep the main address.
        for (header, part) in parts where header.utf8.allSatisfy({ $0 < 0x80 }) {
            for prefix in ["billing", "business", "address1", "mailing", "company"] { parts[prefix + header] = part }
        }
        return parts
    }()
}

/// A header reduced to what can be compared: letters, digits and Chinese characters, without case, width and what
/// stands in brackets.
struct ReducedHeader: Hashable {
    let text: String
    /// What stood in brackets: `万元` of `年营业额（万元）`.
    let unit: String

    init(_ header: String) {
        var (text, unit, depth) = ("", "", 0)
        for scalar in Fold.fold(header).unicodeScalars {
            switch scalar {
            case "(", "[", "【", "〔": depth += 1
            case ")", "]", "】", "〕": depth = max(0, depth - 1)
            default:
                let isKept = scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                if !isKept { continue }
                if depth > 0 { unit.unicodeScalars.append(scalar) } else { text.unicodeScalars.append(scalar) }
            }
        }
        self.text = text.isEmpty ? unit : text
        self.unit = text.isEmpty ? "" : unit
    }

    /// By what amounts in this column must be multiplied: 10,000 for 万元.
    var scale: Int64 {
        switch unit {
        case "万", "万元", "万人民币", "10k", "万rmb": 10_000
        case "千", "千元", "k", "thousand", "thousands": 1000
        case "百万", "百万元", "m", "million", "millions", "mio": 1_000_000
        case "亿", "亿元": 100_000_000
        default: 1
        }
    }
}
