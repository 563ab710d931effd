"""What a page may ask of the database: a handful of statements, however much there is to show."""

import re

from conftest import PASSWORD
from gallery import costing, pages

# A dashboard is a few reports; most pages take ten.
MOST = 25
# A record shows what hangs on it: two or three for each kind of record, however many there are.
MOST_OF_A_RECORD = 32


def statements(owner):
    """How many there were; asking for that takes as many as `own`."""
    return int(re.search(r"^kehu_statements_total (\d+)", owner.get("/metrics").text, re.M).group(1))


def own(owner):
    counts = [statements(owner) for _ in range(5)]
    return min(after - before for before, after in zip(counts, counts[1:]))


def test_no_page_asks_the_database_more_than_a_handful_of_times(owner, chiefs):
    def first(plural):
        return owner.get(f"/api/v1/{plural}?limit=1&fields=id").json()["data"][0]["id"]

    # Somebody else puts a fee policy in force, so that customers' pages tell their fees.
    policy = chiefs["chief-zh"].make("fee_policies", name="预算政策")["id"]
    chiefs["chief-zh"].make("fee_rules", name="每户", policy=policy, base="fixed", amount="60")
    answer = owner.post(f"/api/v1/fee_policies/{policy}/activate", json={})
    assert answer.status_code == 200, answer.text

    # The newest customer has one of each: what other tests leave behind makes no difference.
    group, below = (owner.make("customers", name=name)["id"] for name in ["预算母公司", "预算子公司"])
    customer = owner.make("customers", name="预算客户", parent=group, phone="13812345678", tags=["重点"])["id"]
    assert owner.patch(f"/api/v1/customers/{below}", json={"parent": customer}).status_code == 200
    contact = owner.make("contacts", name="预算联系人", customer=customer)["id"]
    owner.make("opportunities", name="预算商机", customer=customer)
    owner.make("activities", kind="call", subject="回访", customer=customer, contact=contact)
    owner.make("activities", kind="task", subject="报价", customer=customer, due_on="2026-12-24")

    told = {}
    for name, address in {**pages(first), **costing(first)}.items():
        asked = []
        # Background work asks as well now and then: the least of four counts.
        for _ in range(4):
            before = statements(owner)
            assert owner.get(address).status_code == 200, address
            asked.append(statements(owner) - before)
        told[name] = min(asked) - own(owner)
    print(sorted(told.items(), key=lambda pair: -pair[1]))
    most = {
        name: count for name, count in told.items() if count > (MOST_OF_A_RECORD if name == "customer" else MOST)
    }
    assert not most, f"statements by page: {most}"


def test_a_page_asks_no_more_often_when_there_is_more_to_show(staff):
    seller, owner = staff["an"], staff["administrator"]
    product = owner.make("products", name="预算产品", unit="件", price="10")["id"]
    customer = seller.make("customers", name="预算客户")["id"]
    deal = seller.make("opportunities", name="预算商机", customer=customer, next_step="打电话")["id"]

    def asked(address):
        counts = []
        for _ in range(4):
            before = statements(owner)
            assert seller.get(address).status_code == 200
            counts.append(statements(owner) - before)
        return min(counts)

    def add(count):
        for number in range(count):
            seller.make("opportunity_lines", opportunity=deal, product=product, quantity="1", price="10")
            seller.make("activities", kind="task", subject=f"任务{number}", customer=customer, due_on="2026-12-24")
            seller.make("contacts", name=f"联系人{number}", customer=customer)
            group = owner.make("customers", name=f"母公司{number}")["id"]
            assert owner.patch(f"/api/v1/customers/{customer}", json={"parent": group}).status_code == 200

    # An API key opens no pages: the same through a session.
    seller = type(seller)(seller.address)
    seller.log_in("an@end-to-end.example", PASSWORD)
    add(2)
    pages = [f"/customers/{customer}", f"/opportunities/{deal}", f"/customers/{customer}/history"]
    few = [asked(address) for address in pages]
    add(20)
    # What is cut off is counted, once per kind of record.
    many = [asked(address) for address in pages]
    assert all(now <= then + 3 for now, then in zip(many, few)), (few, many)
