-- name: list_loans
-- description: Lists loans, those that are due first.
-- param state enum(open|returned|all) default open : which loans

select loans.id, books.title, members.name as member, loans.due, loans.returned
from loans join books on books.id = loans.book join members on members.id = loans.member
where :state = 'all' or (:state = 'open') = (loans.returned is null)
order by loans.due, loans.id
