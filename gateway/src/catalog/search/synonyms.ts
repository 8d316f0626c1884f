/** Words that mean about the same where tools are spoken of. General English; fitted to no API. */
import { stemOf } from './words.ts';

/** One group per line. A word may stand in several; groups are not chained. */
const GROUPS = `
get fetch retrieve read show view display see obtain load look watch
list show enumerate get browse all overview
search find query lookup look seek discover locate
create add new make insert generate build produce register compose draft establish provision setup
generate draw plot render paint
add append insert attach put include join
delete remove erase drop destroy clear purge wipe discard uninstall trash strip
clear flush empty reset wipe
undo revert rollback reset restore
update edit modify change alter set adjust replace rewrite patch customize
rename move relocate
send post publish submit deliver dispatch notify
start launch run execute begin trigger invoke initiate perform
restart rerun retry repeat
stop end cancel terminate abort kill halt quit finish close interrupt
cancel delete revoke withdraw
enable activate allow permit
disable deactivate suspend block deny
block ban forbid prohibit deny blacklist
kick eject expel throw remove
copy duplicate clone replicate
upload import ingest load
download export save pull
save store write keep persist put
check verify validate test inspect audit examine assess
compare diff difference
calculate compute evaluate estimate determine count
convert transform translate turn change
format beautify prettify style
accept approve confirm acknowledge
reject decline deny dismiss
complete done finish close tick resolve
assign allocate delegate
merge combine join unite concatenate
split divide separate
sort order arrange rank
shuffle randomize mix
choose pick select sample
optimize improve enhance tune
connect link attach join
summarize summary overview digest
summary total aggregate
recommend suggest propose advise
remember memory memorize recall note
schedule plan book
extend prolong renew touch
renew refresh update rotate
expire timeout ttl expiration
pay charge transfer
refund reimburse repay
login signin logon authenticate auth authentication sign
logout signout
subscribe follow watch
star favorite bookmark
archive trash bin
image picture photo photograph
screenshot capture snapshot
video movie clip film
audio sound music song track
email mail
message note text dm
chat conversation thread discussion
emoji reaction emote
repository repo
folder directory
file document
doc documentation manual guide docs
template layout
page site website web
url link address uri
person people user member employee human
user account profile
employee staff worker colleague prospect
customer client buyer shopper
company business organization firm enterprise corporation
team group
invoice bill
coupon discount voucher promo
money cash fund amount
money payment currency
balance margin remaining
price cost rate fee pricing
product item article
stock share equity ticker
exchange market trade trading
holding portfolio investment
news headline article
revenue earn income financial
event meeting appointment
calendar schedule agenda
task todo job
issue ticket bug defect
error failure failed fault problem fail broken
road route path direction navigation drive
place location spot area position
coordinate latitude longitude geocode
near nearby around close surrounding
distance length far
car vehicle automobile
school college university
commute travel trip journey
hotel apartment accommodation rental listing lodging
restaurant food eat
recipe dish cooking meal
weather forecast climate
time hour clock
timezone time
chart graph plot diagram figure
histogram distribution frequency spread
slide presentation deck powerpoint ppt
spreadsheet excel sheet xlsx workbook
word docx
database db
table relation
column field
row record
schema structure
machine host server computer
container docker
kubernetes k8s cluster
version release revision
commit revision change
branch fork
log history record journal
history historical past trend
permission role access right
permission privilege authorization allowed
rule policy
secret password credential
key token
certificate ssl tls cert
encrypt encryption cipher
vulnerability weakness flaw
security safety secure
attack threat incident
malware virus trojan ransomware
allow allowlist whitelist
tag label category
category kind type class
comment reply feedback
stat statistic metric figure
report analysis analytic
quota allowance limit
status state condition health
setting configuration config preference option parameter
parameter argument attribute filter
tree hierarchy structure
identifier id uuid guid unique
random arbitrary chance
number integer numeric
list array collection
sum total
multiply product times multiplication
subtract minus difference
divide quotient division
mile kilometer kilometre meter metre foot feet inch centimeter length
pound kilogram kilo gram ounce mass weight
celsius fahrenheit kelvin temperature degree
byte kilobyte megabyte gigabyte terabyte data storage
liter litre gallon volume
dollar euro yen currency money
gold silver metal
bitcoin crypto cryptocurrency
paper publication article study
literature paper
medicine drug medication pharmaceutical
disease illness condition disorder
effect reaction adverse
gene genetic genomic dna
patient person
shortage short lack
planet exoplanet
sun solar
satellite orbit earth
star astronomy space
artwork art painting object
language locale translation
unit measure
background wallpaper
icon symbol favicon
button element
input form field
javascript script js
code source program snippet
codebase code repository
library package module dependency
website domain
network internet
outage downtime disruption
speed bandwidth fast performance
bot crawler spider
cloud aws azure
region location country
office site branch location
device phone laptop hardware
iot camera sensor
disk storage volume
duplicate same identical
recent latest new last
popular top hot trending
current now present
next upcoming following
multiple several many bulk batch
whole entire complete full all everything
`;

/** Other words by the stem of a word. */
export type Synonyms = ReadonlyMap<string, readonly string[]>;

/** Reads the table; costs about a millisecond. */
export function readSynonyms(): Synonyms {
  const all = new Map<string, Set<string>>();
  for (const line of GROUPS.trim().split('\n')) {
    const stems = line.split(' ').map(stemOf);
    for (const stem of stems) {
      const others = all.get(stem) ?? new Set();
      for (const other of stems) if (other !== stem) others.add(other);
      all.set(stem, others);
    }
  }
  return new Map([...all].map(([stem, others]) => [stem, [...others]]));
}
