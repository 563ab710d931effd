public import Values

/// A system whose exports people bring, recognised by its headings: what its columns and words mean beyond what
/// headings in general mean.
public struct ImportSource: Sendable {
    /// What people call the system.
    public let label: Label
    /// Reduced headings of which a file has most.
    private let signs: Set<String>
    /// Fields by reduced heading, best first; parts as in a mapping.
    let fields: [String: [String]]

    /// The system whose headings these are: more than half of its signs, and at least three, are there.
    static func find(_ headers: [String]) -> ImportSource? {
        let reduced = Set(headers.map { ReducedHeader($0).text })
        let rated = all.map { source in
            (source: source, hits: source.signs.intersection(reduced).count)
        }
        let fitting = rated.filter { $0.hits >= 3 && $0.hits * 2 > $0.source.signs.count }
        return fitting.max { first, second in
            first.hits * second.source.signs.count < second.hits * first.source.signs.count
        }?.source
    }

    init(_ label: Label, signs: Set<String>, fields: [String: [String]] = [:]) {
        self.label = label
        self.signs = signs
        self.fields = fields
    }

    private static let hubSpot = Label("HubSpot", zh: "HubSpot 系统")
    private static let salesforce = Label("Salesforce", zh: "Salesforce 系统")
    private static let zoho = Label("Zoho CRM", zh: "Zoho CRM 系统")
    private static let fxiaoke = Label("ShareCRM", zh: "纷享销客")
    private static let wukong = Label("Wukong CRM", zh: "悟空 CRM")
    private static let xiaoshouyi = Label("Neocrm", zh: "销售易")

    static let all: [ImportSource] =
        FinanceHeaders.sources + [
            ImportSource(
                salesforce,
                signs: ["id", "isdeleted", "ownerid", "createdbyid", "lastmodifiedbyid", "systemmodstamp"]
            ),
            ImportSource(
                salesforce,
                signs: [
                    "leadowner", "companyaccount", "leadsource", "leadstatus", "stateprovince", "zippostalcode",
                    "noofemployees",
                ]
            ),
            ImportSource(
                salesforce,
                signs: ["accountowner", "accountname", "lastmodifieddate", "billingstateprovince", "lastactivity"]
            ),
            ImportSource(
                salesforce,
                signs: ["opportunityname", "accountname", "stage", "closedate", "fiscalperiod", "opportunityowner"]
            ),
            ImportSource(
                hubSpot,
                signs: [
                    "recordid", "firstname", "lastname", "contactowner", "lifecyclestage", "leadstatus", "createdate",
                ]
            ),
            ImportSource(
                hubSpot,
                signs: ["recordid", "companyname", "companydomainname", "companyowner", "lifecyclestage", "createdate"]
            ),
            ImportSource(hubSpot, signs: ["recordid", "dealname", "dealstage", "pipeline", "dealowner", "closedate"]),
            ImportSource(zoho, signs: ["leadid", "lastname", "leadowner", "leadsource", "createdtime", "converted"]),
            ImportSource(
                zoho,
                signs: ["contactid", "lastname", "contactowner", "contactownerid", "accountid", "createdtime"]
            ),
            ImportSource(zoho, signs: ["accountid", "accountname", "accountowner", "accountownerid", "accounttype"]),
            ImportSource(
                zoho,
                signs: ["potentialname", "potentialowner", "closingdate", "expectedrevenue", "forecasttype", "stage"]
            ),
            ImportSource(zoho, signs: ["记录id", "客户所有者", "客户名称", "创建时间", "最近活动时间"]),
            ImportSource(
                fxiaoke,
                signs: ["客户名称", "负责人", "负责人主属部门", "生命状态", "锁定状态", "相关团队", "归属部门"],
                fields: ["成交状态": ["status"], "客户级别": ["level"], "详细地址": ["address.street"]]
            ),
            ImportSource(fxiaoke, signs: ["商机名称", "客户名称", "商机阶段", "预计成交日期", "生命状态", "负责人主属部门"]),
            ImportSource(
                wukong,
                signs: ["客户名称", "客户来源", "客户行业", "客户级别", "成交状态", "下次联系时间", "最后跟进时间"],
                fields: ["成交状态": ["status"], "客户行业": ["industry"], "下次联系时间": ["next_contact_on"]]
            ),
            ImportSource(wukong, signs: ["线索名称", "线索来源", "客户行业", "客户级别", "下次联系时间", "最后跟进时间"]),
            ImportSource(xiaoshouyi, signs: ["客户名称", "所有人", "所属部门", "公海", "客户状态", "锁定状态", "最新活动记录时间"]),
            ImportSource(
                Label("Google Contacts", zh: "Google 通讯录"),
                signs: [
                    "givenname", "familyname", "groupmembership", "email1value", "phone1value", "organization1name",
                ]
            ),
            ImportSource(
                Label("Outlook", zh: "Outlook 通讯录"),
                signs: [
                    "firstname", "lastname", "emailaddress", "businessphone", "mobilephone", "businessstreet",
                    "emaildisplayname",
                ]
            ),
        ]
}
